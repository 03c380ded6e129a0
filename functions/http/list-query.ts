import * as z from "zod";
import type { DeviceRef } from "../../shared/command/device.ts";
import type { CommandFilter } from "../../shared/command/filter.ts";
import {
	deviceNameSchema,
	fieldErrors,
	iotIdSchema,
	productKeySchema,
} from "../../shared/command/request.ts";
import { STATES } from "../../shared/command/state.ts";
import { isId } from "../../shared/ids.ts";
import { Problem } from "./problem.ts";

const DEFAULT_LIMIT = 20;
export const MAX_LIMIT = 100;

const limitSchema = z.coerce
	.number()
	.int()
	.min(1)
	.max(MAX_LIMIT, `at most ${MAX_LIMIT}`)
	.default(DEFAULT_LIMIT);

export const pageSchema = z.strictObject({ limit: limitSchema, cursor: z.string().optional() });

const SOURCES = ["http", "timer", "queue", "reaction", "redrive", "job"] as const;
const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const AGE = /^(\d{1,6})([smhd])$/;

/** A point in time: ISO 8601, or an age such as `1h`. */
const moment = z
	.string()
	.refine(
		(text) => AGE.test(text) || !Number.isNaN(Date.parse(text)),
		"must be a time such as 2026-12-01T07:00:00Z, or an age such as 90s, 30m, 1h or 7d",
	);

const states = z
	.string()
	.transform((text) => text.split(","))
	.pipe(z.array(z.enum(STATES)));

/** What selects commands, in a list's query and in the filter of a bulk operation. */
const filterFields = {
	productKey: productKeySchema.optional(),
	deviceName: deviceNameSchema.optional(),
	iotId: iotIdSchema.optional(),
	state: states.optional().describe("One state, or several separated by commas"),
	since: moment.optional(),
	until: moment.optional(),
	service: z.string().min(1).max(128).optional(),
	code: z.string().min(1).max(128).optional(),
	source: z.enum(SOURCES).optional(),
	schedule: z.string().refine(isId, "is no id of a schedule").optional(),
	job: z.string().refine(isId, "is no id of a job").optional(),
};

const listSchema = z
	.strictObject({ ...filterFields, limit: limitSchema, cursor: z.string().optional() })
	.refine(({ productKey, deviceName }) => deviceName === undefined || productKey !== undefined, {
		message: "needs the productKey beside it",
		path: ["deviceName"],
	});

export interface CommandListQuery extends CommandFilter {
	readonly device?: DeviceRef;
	readonly limit: number;
	readonly olderThan?: string;
}

/** @throws Problem that names each wrong parameter. */
export function readCommandListQuery(query: Record<string, string>, now: number): CommandListQuery {
	const { limit, cursor, ...filter } = parseQuery(listSchema, query);
	return {
		...readFilter(filter, now),
		limit,
		...(cursor === undefined ? {} : { olderThan: readCursor(cursor, isAgeKey) }),
	};
}

type FilterFields = Omit<z.infer<typeof listSchema>, "limit" | "cursor">;

function readFilter(
	{ productKey, deviceName, iotId, state, since, until, ...equal }: FilterFields,
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

function momentOf(text: string, now: number): number {
	const [, count, unit] = AGE.exec(text) ?? [];
	return count ? now - Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS] : Date.parse(text);
}

/** Without the fields that are there and undefined. */
function present<T extends object>(fields: T) {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
		[K in keyof T]?: Exclude<T[K], undefined>;
	};
}

export function parseQuery<T>(schema: z.ZodType<T>, query: Record<string, string>): T {
	const read = schema.safeParse(query);
	if (read.success) return read.data;
	const errors = read.error.issues.flatMap(fieldErrors);
	const detail = errors.map(({ pointer, detail }) => `${pointer.slice(1)}: ${detail}`).join("; ");
	throw new Problem("invalid-request", `query: ${detail}`, { errors });
}

/** A cursor is the id of the last item, wrapped so that nobody is tempted to build one. */
export const toCursor = (id: string): string => Buffer.from(id).toString("base64url");

export function readCursor(cursor: string, isId: (text: string) => boolean): string {
	const id = Buffer.from(cursor, "base64url").toString("utf8");
	if (toCursor(id) === cursor && isId(id)) return id;
	throw new Problem("invalid-cursor", "use the cursor of an earlier page, as it was");
}

/** A command's age key: its time in 15 digits, and its id. */
const isAgeKey = (text: string): boolean => /^\d{15}#/.test(text) && isId(text.slice(16));
