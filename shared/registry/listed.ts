import type { Device, DeviceStatus } from "./device.ts";

/** What the platform's lists say of a device. */
export interface Listed {
	readonly iotId?: string;
	readonly nickname?: string;
	/** As the platform writes it. */
	readonly status?: string;
	/** Absent: they could not be read. */
	readonly tags?: Readonly<Record<string, string>>;
}

/** QueryDevice, `DeviceStatus`. */
const STATUS_OF: ReadonlyMap<string | undefined, DeviceStatus> = new Map([
	["ONLINE", "online"],
	["OFFLINE", "offline"],
	["UNACTIVE", "unactive"],
	["DISABLE", "disabled"],
]);

/**
 * The device after a list was read. What a message said later than that stays.
 * @param readAt when the list was asked for.
 */
export function asListed(device: Device, listed: Listed, readAt: number, now: number): Device {
	const { iotId, nickname, tags } = listed;
	return {
		...device,
		...(iotId === undefined ? {} : { iotId }),
		...(nickname === undefined ? {} : { nickname }),
		...(tags && (device.tagsAt ?? 0) <= readAt ? { tags, tagsAt: readAt } : {}),
		...statusOf(device, listed, readAt),
		updatedAt: now,
		syncedAt: now,
	};
}

/** A status that is known already keeps the time at which it came about. */
function statusOf(device: Device, listed: Listed, readAt: number): Partial<Device> {
	const status = STATUS_OF.get(listed.status);
	if (status === undefined || (device.statusAt ?? 0) > readAt) return {};
	const seen = status === "online" ? { lastSeen: Math.max(device.lastSeen ?? 0, readAt) } : {};
	return status === device.status ? seen : { ...seen, status, statusAt: readAt };
}

/** The device after the list of a group. @param sync when the sync began. */
export function inGroup(device: Device, group: string, sync: number): Device {
	const found = device.found?.sync === sync ? device.found.groups : [];
	if (found.includes(group)) return device;
	return { ...device, found: { sync, groups: [...found, group] } };
}

/** The device once all groups were read. */
export function withGroupsOf(device: Device, sync: number, now: number): Device {
	const groups = device.found?.sync === sync ? [...device.found.groups].sort() : [];
	const isSame =
		groups.length === device.groups.length && groups.every((one) => device.groups.includes(one));
	if (isSame && !device.found) return device;
	const { found: _found, ...rest } = device;
	return { ...rest, groups: isSame ? device.groups : groups, updatedAt: now };
}
