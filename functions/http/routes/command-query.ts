import * as z from "zod";
import type { DeviceRef } from "../../../shared/command/device.ts";
import type { CommandFilter } from "../../../shared/command/filter.ts";
import {
	deviceNameSchema,
	iotIdSchema,
	productKeySchema,
} from "../../../shared/command/request.ts";
import { STATES } from "../../../shared/command/state.ts";
import { isId } from "../../../shared/ids.ts";
import { pageFields, readCursor } from "../list.ts";

const SOURCES = ["http", "timer", "queue", "reaction", "redrive", "job"] as const;
const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const AGE = /^(\d{1,6})([smhd])$/;

/** A point in time: ISO 8601, or an age such as `1h`. */
export const moment = z
	.string()
	.refine(
		(text) => AGE.test(text) || !Number.isNaN(Date.parse(text)),
		"must be a time such as 2026-12-01T07:00:00Z, or an age such as 90s, 30m, 1h or 7d",
	)
	.describe("A time such as 2026-12-01T07:00:00Z, or an age such as 90s, 30m, 1h or 7d");

const states = z
	.string()
	.transform((text) => text.split(","))
	.pipe(z.array(z.enum(STATES)));

/** What selects commands, in a list's query and in the filter of a bulk operation. */
const filterFields = {
	productKey: productKeySchema.optional(),
	deviceName: deviceNameSchema.optional(),
	iotId: iotIdSchema.optional(),
	state: states
		.meta({ type: "array", items: { type: "string", enum: STATES } })
		.describe("One state, or several separated by commas")
		.optional(),
	since: moment.optional(),
	until: moment.optional(),
	service: z.string().min(1).max(128).optional(),
	code: z.string().min(1).max(128).optional(),
	source: z.enum(SOURCES).optional(),
	schedule: z.string().refine(isId, "is no id of a schedule").optional(),
	job: z.string().refine(isId, "is no id of a job").optional(),
};

export const commandQuery = z
	.strictObject({ ...filterFields, ...pageFields })
	.refine(({ productKey, deviceName }) => deviceName === undefined || productKey !== undefined, {
		message: "needs the productKey beside it",
		path: ["deviceName"],
	});

type CommandQuery = z.infer<typeof commandQuery>;

interface CommandListQuery extends CommandFilter {
	readonly device?: DeviceRef;
	readonly limit: number;
	readonly olderThan?: string;
}

/** @throws Problem if the cursor is none of this list. */
export function readListQuery(query: CommandQuery, now: number): CommandListQuery {
	const { limit, cursor, ...filter } = query;
	return {
		...readFilter(filter, now),
		limit,
		...(cursor === undefined ? {} : { olderThan: readCursor(cursor, isAgeKey) }),
	};
}

function readFilter(
	{
		productKey,
		deviceName,
		iotId,
		state,
		since,
		until,
		...equal
	}: Omit<CommandQuery, "limit" | "cursor">,
	now: number,
): CommandFilter & { readonly device?: DeviceRef } {
	const device = {
		...(iotId ? { iotId } : {}),
		...(productKey && deviceName ? { productKey, deviceName } : {}),
	};
	return {
		...present(equal),
		...(Object.keys(device).length > 0 ? { device } : {}),
		...(productKey && !deviceName ? { productKey } : {}),
		...(state ? { states: state } : {}),
		...(since === undefined ? {} : { since: momentOf(since, now) }),
		...(until === undefined ? {} : { until: momentOf(until, now) }),
	};
}

export function momentOf(text: string, now: number): number {
	const [, count, unit] = AGE.exec(text) ?? [];
	return count ? now - Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS] : Date.parse(text);
}

/** Without the fields that are there and undefined. */
function present<T extends object>(fields: T) {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
		[K in keyof T]?: Exclude<T[K], undefined>;
	};
}

/** A command's age key: its time in 15 digits, and its id. */
export const isAgeKey = (text: string): boolean => /^\d{15}#/.test(text) && isId(text.slice(16));
