import type { Db } from "../store/database.ts";

export function createTables(db: Db): void {
	db.exec(`
		CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS products (
			product_key TEXT PRIMARY KEY, product_secret TEXT NOT NULL, product_name TEXT NOT NULL UNIQUE,
			node_type INTEGER NOT NULL, data_format INTEGER NOT NULL, auth_type TEXT NOT NULL,
			description TEXT NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS thing_models (
			product_key TEXT NOT NULL, block_id TEXT NOT NULL, block_name TEXT NOT NULL, text TEXT NOT NULL,
			PRIMARY KEY (product_key, block_id)) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS devices (
			iot_id TEXT PRIMARY KEY, product_key TEXT NOT NULL, device_name TEXT NOT NULL,
			device_secret TEXT NOT NULL, nickname TEXT NOT NULL, created_at INTEGER NOT NULL,
			active_at INTEGER, online_at INTEGER, status_at INTEGER NOT NULL,
			connected INTEGER NOT NULL, enabled INTEGER NOT NULL, client_ip TEXT NOT NULL,
			tags TEXT NOT NULL, UNIQUE (product_key, device_name)) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS device_groups (
			group_id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, description TEXT NOT NULL,
			created_at INTEGER NOT NULL) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS group_members (
			group_id TEXT NOT NULL, iot_id TEXT NOT NULL, PRIMARY KEY (group_id, iot_id)) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS subscriptions (
			iot_id TEXT NOT NULL, topic TEXT NOT NULL, qos INTEGER NOT NULL,
			PRIMARY KEY (iot_id, topic)) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS undelivered (
			seq INTEGER PRIMARY KEY AUTOINCREMENT, iot_id TEXT NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL);
		CREATE INDEX IF NOT EXISTS undelivered_by_device ON undelivered (iot_id, seq);
	`);
}
