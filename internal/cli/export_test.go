package cli

// Subjects are what this program keeps, for tests that open a record beside it.
var Subjects = subjects
