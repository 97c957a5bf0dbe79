package db

import "strings"

// Column is a column of a table that holds texts or bytes.
type Column struct {
	Table, Name string
	Bytes       bool // a BLOB
	Key         bool // part of the primary key
}

// Columns lists the columns of all tables of the store that hold texts or bytes,
// by table: for who seeks something in places that it does not know.
func (t *Tx) Columns() ([]Column, error) {
	query := `SELECT m.name, c.name, upper(c.type), c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid`
	if t.dialect == Postgres {
		query = `SELECT c.table_name::text, c.column_name::text, upper(c.data_type), (SELECT count(*) FROM information_schema.table_constraints k
			JOIN information_schema.key_column_usage u ON u.constraint_name = k.constraint_name AND u.table_schema = k.table_schema
			WHERE k.constraint_type = 'PRIMARY KEY' AND k.table_schema = c.table_schema AND k.table_name = c.table_name AND u.column_name = c.column_name)
			FROM information_schema.columns c JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
			WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' ORDER BY c.table_name, c.ordinal_position`
	}
	rows, err := t.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Column
	for rows.Next() {
		var c Column
		var kind string
		var key int64
		if err := rows.Scan(&c.Table, &c.Name, &kind, &key); err != nil {
			return nil, err
		}
		c.Bytes, c.Key = kind == "BLOB" || kind == "BYTEA", key > 0
		if c.Bytes || strings.HasPrefix(kind, "TEXT") {
			out = append(out, c)
		}
	}
	return out, rows.Err()
}
