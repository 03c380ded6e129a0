import { idFrom } from "../ids.ts";
import * as z from "../zod.ts";

const optional = z.exactOptional;
/** Milliseconds since the epoch, as every time here. */
const time = z.number();

export const DEVICE_STATUSES = ["online", "offline", "unactive", "disabled", "unknown"] as const;
export type DeviceStatus = (typeof DEVICE_STATUSES)[number];
const status = z.enum(DEVICE_STATUSES);

/** A device as it is known here. Never with its secret. */
export const deviceSchema = z.object({
	id: z.string(),
	productKey: z.string(),
	deviceName: z.string(),
	iotId: optional(z.string()),
	nickname: optional(z.string()),
	tags: z.record(z.string(), z.string()),
	/** When a message or a sync last said what its tags are. */
	tagsAt: optional(time),
	/** Ids of groups, as the last sync found them. */
	groups: z.readonly(z.array(z.string())),
	/** Those that a sync has found so far, by when it began: at its end they are the groups. */
	found: optional(z.object({ sync: time, groups: z.readonly(z.array(z.string())) })),
	status,
	/** As the platform's clock has it: messages come in any order. */
	statusAt: optional(time),
	lastSeen: optional(time),
	/** The last changes of its status, the newest first. */
	history: z.readonly(z.array(z.object({ at: time, status }))),
	createdAt: time,
	updatedAt: time,
	syncedAt: optional(time),
});
export type Device = Readonly<z.infer<typeof deviceSchema>>;

export const deviceId = (productKey: string, deviceName: string): string =>
	idFrom("device", productKey, deviceName);

export const newDevice = (productKey: string, deviceName: string, now: number): Device => ({
	id: deviceId(productKey, deviceName),
	productKey,
	deviceName,
	tags: {},
	groups: [],
	status: "unknown",
	history: [],
	createdAt: now,
	updatedAt: now,
});

/** A day of a device that comes and goes every quarter of an hour. */
const MAX_HISTORY = 200;

/** The device after a message about its status; an older message than the last one changes nothing but its history. */
export function withStatus(device: Device, status: DeviceStatus, at: number, now: number): Device {
	if (device.history.some((one) => one.at === at && one.status === status)) return device;
	const history = [...device.history, { at, status }].sort((a, b) => b.at - a.at);
	const isNewer = device.statusAt === undefined || at >= device.statusAt;
	return {
		...device,
		...(isNewer ? { status, statusAt: at } : {}),
		lastSeen: Math.max(device.lastSeen ?? 0, at),
		history: history.slice(0, MAX_HISTORY),
		updatedAt: now,
	};
}

/** The device after a message about its tags. */
export function withTags(
	device: Device,
	set: Readonly<Record<string, string>>,
	removed: readonly string[],
	at: number,
	now: number,
): Device {
	if (device.tagsAt !== undefined && at < device.tagsAt) return device;
	const kept = Object.entries({ ...device.tags, ...set }).filter(([key]) => !removed.includes(key));
	return { ...device, tags: Object.fromEntries(kept), tagsAt: at, updatedAt: now };
}
