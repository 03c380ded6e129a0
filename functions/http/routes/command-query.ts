import { deviceKeys } from "../../../shared/command/device.ts";
import type { CommandFilter } from "../../../shared/command/filter.ts";
import {
	deviceNameSchema,
	iotIdSchema,
	productKeySchema,
} from "../../../shared/command/request.ts";
import { STATES } from "../../../shared/command/state.ts";
import { isId } from "../../../shared/ids.ts";
import * as z from "../../../shared/zod.ts";
import type { HttpDeps } from "../deps.ts";
import { pageFields } from "../list.ts";
import type { Caller } from "../route.ts";

const SOURCES = ["http", "timer", "queue", "reaction", "redrive", "job"] as const;
const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const AGE = /^(\d{1,6})([smhd])$/;

/** A point in time: ISO 8601, or an age such as `1h`. */
export const moment = z.string().check(
	z.refine(
		(text) => AGE.test(text) || !Number.isNaN(Date.parse(text)),
		"must be a time such as 2026-12-01T07:00:00Z, or an age such as 90s, 30m, 1h or 7d",
	),
	z.describe("A time such as 2026-12-01T07:00:00Z, or an age such as 90s, 30m, 1h or 7d"),
);

const SOME_STATES = "One state, or several separated by commas";
const stateList = z.array(z.enum(STATES)).check(z.minLength(1));
const states = z.pipe(
	z.pipe(
		z.string(),
		z.transform((text) => text.split(",")),
	),
	stateList,
);

/** What selects commands, in the query of a list and of the stream. */
const filterFields = {
	productKey: z.optional(productKeySchema),
	deviceName: z.optional(deviceNameSchema),
	iotId: z.optional(iotIdSchema),
	state: z.optional(
		states.check(
			z.meta({ type: "array", items: { type: "string", enum: STATES } }),
			z.describe(SOME_STATES),
		),
	),
	since: z.optional(moment),
	until: z.optional(moment),
	service: z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
	code: z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
	source: z.optional(z.enum(SOURCES)),
	schedule: z.optional(z.string().check(z.refine(isId, "is no id of a schedule"))),
	job: z.optional(z.string().check(z.refine(isId, "is no id of a job"))),
};

interface Names {
	readonly productKey?: string | undefined;
	readonly deviceName?: string | undefined;
}

/** A name alone may be that of several devices. */
const named = <T extends Names>(schema: z.ZodMiniType<T>) =>
	schema.check(
		z.refine(({ productKey, deviceName }) => deviceName === undefined || productKey, {
			message: "needs the productKey beside it",
			path: ["deviceName"],
		}),
	);

export const listQuery = named(z.strictObject({ ...filterFields, ...pageFields }));
export const streamQuery = named(z.strictObject(filterFields));

/** The same filter in a body, where several states may be a list as well. */
export const bulkFilter = named(
	z.strictObject({
		...filterFields,
		state: z.optional(z.union([states, stateList]).check(z.describe(`${SOME_STATES}, or a list`))),
	}),
);

export type FilterFields = z.infer<typeof streamQuery>;

/** The filter with absolute times, with all names of its device, and within the caller's products. */
export async function toFilter(
	deps: HttpDeps,
	fields: FilterFields,
	{ products }: Pick<Caller, "products">,
): Promise<CommandFilter> {
	const { productKey, deviceName, iotId, state, since, until, ...equal } = fields;
	const now = deps.clock.now();
	const device = {
		...(iotId ? { iotId } : {}),
		...(productKey && deviceName ? { productKey, deviceName } : {}),
	};
	return {
		...present(equal),
		...(Object.keys(device).length > 0 ? { deviceKeys: await allKeys(deps, device) } : {}),
		...(productKey && !deviceName ? { productKey } : {}),
		...(products ? { products: [...products] } : {}),
		...(state ? { states: [...new Set(state)] } : {}),
		...(since === undefined ? {} : { since: momentOf(since, now) }),
		...(until === undefined ? {} : { until: momentOf(until, now) }),
	};
}

/** A device's history is kept under each name that it was called by. */
async function allKeys(deps: HttpDeps, device: Parameters<HttpDeps["identify"]>[0]) {
	const given = deviceKeys(device);
	try {
		return [...new Set([...given, ...deviceKeys(await deps.identify(device))])];
	} catch (error) {
		deps.log.warn("a device's other names are not known; its list may be incomplete", {
			error: (error as Error).message,
		});
		return given;
	}
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
