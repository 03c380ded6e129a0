import * as z from "zod";
import type { DeviceRef } from "../../shared/command/device.ts";
import { parseCommandId } from "../../shared/command/id.ts";
import {
	deviceNameSchema,
	fieldErrors,
	iotIdSchema,
	productKeySchema,
} from "../../shared/command/request.ts";
import { STATES, type State } from "../../shared/command/state.ts";
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

const listSchema = z
	.strictObject({
		productKey: productKeySchema.optional(),
		deviceName: deviceNameSchema.optional(),
		iotId: iotIdSchema.optional(),
		state: z.enum(STATES).optional(),
		limit: limitSchema,
		cursor: z.string().optional(),
	})
	.refine((query) => (query.productKey === undefined) === (query.deviceName === undefined), {
		message: "productKey and deviceName name a device together",
		path: ["deviceName"],
	});

export interface CommandListQuery {
	readonly device?: DeviceRef;
	readonly state?: State;
	readonly limit: number;
	readonly olderThan?: string;
}

/** @throws Problem that names each wrong parameter. */
export function readCommandListQuery(query: Record<string, string>): CommandListQuery {
	const { productKey, deviceName, iotId, state, limit, cursor } = parseQuery(listSchema, query);
	const device = {
		...(iotId ? { iotId } : {}),
		...(productKey && deviceName ? { productKey, deviceName } : {}),
	};
	return {
		...(Object.keys(device).length > 0 ? { device } : {}),
		...(state ? { state } : {}),
		limit,
		...(cursor === undefined ? {} : { olderThan: readCursor(cursor, isCommandId) }),
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

const isCommandId = (text: string): boolean => parseCommandId(text) !== undefined;
