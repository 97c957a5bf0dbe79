package assessment

import "kept/internal/db"

// About lists the private rows that name a person: the pools that she was put into,
// and her part in reviews.
func About(tx *db.Tx, account string) (map[string][]map[string]any, error) {
	out := map[string][]map[string]any{"assessment_member": {}, "assessment_part": {}}
	rows, err := tx.Query("SELECT pool, role, since FROM assessment_member WHERE account = ? ORDER BY pool", account)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var pool int64
		var role, since string
		if err := rows.Scan(&pool, &role, &since); err != nil {
			return nil, err
		}
		out["assessment_member"] = append(out["assessment_member"], map[string]any{"pool": pool, "role": role, "since": since})
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	rows.Close()
	if rows, err = tx.Query("SELECT review, declared, reason, declared_at, codes, coded_at FROM assessment_part WHERE account = ? ORDER BY review", account); err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var review int64
		var declared, reason, declaredAt, codes, codedAt string
		if err := rows.Scan(&review, &declared, &reason, &declaredAt, &codes, &codedAt); err != nil {
			return nil, err
		}
		out["assessment_part"] = append(out["assessment_part"], map[string]any{"review": review, "declared": declared, "reason": reason, "declared_at": declaredAt, "codes": codes, "coded_at": codedAt})
	}
	return out, rows.Err()
}
