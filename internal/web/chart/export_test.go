package chart

// Width is the rule by which lines are broken.
var Width = width
