import { randomBytes } from "node:crypto";
import type { Clock } from "../clock/clock.ts";
import { PlatformError } from "./errors.ts";
import type { Device, Registry } from "./registry.ts";

export interface DeviceGroup {
	readonly groupId: string;
	readonly name: string;
	readonly description: string;
	readonly createdAt: number;
}

/** A device belongs to at most ten groups (BatchAddDeviceGroupRelations, limits). */
const MAX_GROUPS_PER_DEVICE = 10;

export class Groups {
	readonly #registry: Registry;
	readonly #clock: Clock;

	constructor(registry: Registry, clock: Clock) {
		this.#registry = registry;
		this.#clock = clock;
	}

	create(name: string, description: string): DeviceGroup {
		const { db } = this.#registry;
		if (db.prepare("SELECT 1 FROM device_groups WHERE name = ?").get(name)) {
			throw new PlatformError("iot.group.ExistedGroupName", "The group name already exists.");
		}
		const group = {
			groupId: randomBytes(8).toString("hex"),
			name,
			description,
			createdAt: this.#clock.now(),
		};
		db.prepare("INSERT INTO device_groups VALUES (?, ?, ?, ?)").run(
			group.groupId,
			name,
			description,
			group.createdAt,
		);
		return group;
	}

	/** The newest first. */
	all(): DeviceGroup[] {
		const rows = this.#registry.db
			.prepare(
				"SELECT group_id, name, description, created_at FROM device_groups ORDER BY created_at DESC, group_id",
			)
			.all() as Array<{ group_id: string; name: string; description: string; created_at: number }>;
		return rows.map((row) => ({
			groupId: row.group_id,
			name: row.name,
			description: row.description,
			createdAt: row.created_at,
		}));
	}

	/** @throws PlatformError if there is no such group. */
	members(groupId: string): Device[] {
		this.#require(groupId);
		const rows = this.#registry.db
			.prepare("SELECT iot_id FROM group_members WHERE group_id = ? ORDER BY iot_id")
			.all(groupId) as Array<{ iot_id: string }>;
		return rows.flatMap((row) => this.#registry.deviceById(row.iot_id) ?? []);
	}

	add(groupId: string, devices: readonly Device[]) {
		this.#require(groupId);
		const { db } = this.#registry;
		const isMember = db.prepare("SELECT 1 FROM group_members WHERE group_id = ? AND iot_id = ?");
		const count = db.prepare("SELECT count(*) AS n FROM group_members WHERE iot_id = ?");
		const insert = db.prepare("INSERT INTO group_members VALUES (?, ?)");
		const result = { added: 0, already: 0, exceeding: 0 };
		db.transaction(() => {
			for (const { iotId } of devices) {
				if (isMember.get(groupId, iotId)) result.already++;
				else if ((count.get(iotId) as { n: number }).n >= MAX_GROUPS_PER_DEVICE) {
					result.exceeding++;
				} else {
					insert.run(groupId, iotId);
					result.added++;
				}
			}
		})();
		return result;
	}

	#require(groupId: string): void {
		const found = this.#registry.db
			.prepare("SELECT 1 FROM device_groups WHERE group_id = ?")
			.get(groupId);
		if (!found) {
			throw new PlatformError("iot.group.NullGroupId", "The specified group does not exist.");
		}
	}
}
