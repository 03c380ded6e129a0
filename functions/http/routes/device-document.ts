import { deviceSchema as stored } from "../../../shared/registry/device.ts";
import { syncSchema as storedSync } from "../../../shared/registry/sync.ts";
import * as z from "../../../shared/zod.ts";
import type { Answers } from "../route.ts";
import { instant, whole } from "./common-document.ts";

// For the API's document only: nothing here is in the bundle.

const optional = z.exactOptional;
const { shape } = stored;

export const deviceSchema = z
	.object({
		productKey: shape.productKey,
		deviceName: shape.deviceName,
		iotId: shape.iotId,
		nickname: shape.nickname,
		status: shape.status,
		statusAt: optional(instant),
		lastSeen: optional(instant),
		tags: shape.tags,
		groups: shape.groups,
		updatedAt: instant,
		syncedAt: optional(instant).check(z.describe("When it was last read from the platform")),
	})
	.check(z.meta({ id: "Device" }));

export const exampleDevice = {
	productKey: "a1B2c3D4e5F",
	deviceName: "device-001",
	status: "online",
	statusAt: "2026-12-01T06:00:00.000Z",
	lastSeen: "2026-12-01T06:00:00.000Z",
	tags: { floor: "3" },
	groups: [],
	updatedAt: "2026-12-01T06:00:00.100Z",
};

export const timelineEntry = z
	.object({
		at: instant,
		type: z.enum(["command", "reply", "status"]),
		state: optional(z.string()),
		status: optional(z.string()),
		command: optional(z.string()).check(z.describe("Id of the command")),
		service: optional(z.string()),
		cause: optional(z.string()).check(
			z.describe("What it came from: key, schedule, reaction, or job"),
		),
		code: optional(z.union([z.string(), z.int()])),
		message: optional(z.string()),
	})
	.check(z.meta({ id: "TimelineEntry" }));

export const exampleEntry = {
	at: "2026-12-01T07:00:00.000Z",
	type: "command",
	state: "succeeded",
	command: "01KATZ61XW3E5F7G9HJKMNPQRS",
	service: "Set",
	cause: "job 01KATZ5Y3RQ9K0M8V7D4N2XHBC, wave 2",
};

/** How old what a query goes by is. */
export const registrySchema = z
	.object({
		syncedAt: optional(instant).check(
			z.describe("When the last complete sync began; absent: never"),
		),
		mayBeStale: z.boolean(),
		reason: optional(z.string()).check(
			z.describe("Why a query may miss devices, or find too many"),
		),
	})
	.check(z.meta({ id: "Registry", description: "How old the registry is, which queries go by" }));

const exampleRegistry = { syncedAt: "2026-12-01T05:00:00.000Z", mayBeStale: false };

/** A page of devices also says how old the registry is. */
export function registryPage(page: Answers): Answers {
	const { schema, example, ...rest } = page[200] ?? { description: "" };
	const withAge = z.extend(schema as z.ZodMiniObject, { registry: registrySchema });
	return {
		200: {
			...rest,
			schema: withAge,
			example: { ...(example as object), registry: exampleRegistry },
		},
	};
}

export const syncSchema = z
	.object({
		state: z.enum(["none", ...storedSync.shape.state.options]),
		step: optional(storedSync.shape.step).check(z.describe("While it is running")),
		read: whole.check(z.describe("Devices that were read")),
		devices: optional(whole).check(z.describe("Devices that there are to read")),
		products: optional(whole),
		groups: optional(whole),
		removed: optional(whole).check(z.describe("Devices that the platform knows no longer")),
		error: optional(z.object({ code: z.string(), message: z.string() })).check(
			z.describe("Why it failed, or, while it is running, what it waits for to pass"),
		),
		by: storedSync.shape.by,
		startedAt: optional(instant),
		updatedAt: optional(instant),
		endedAt: optional(instant),
		syncedAt: optional(instant).check(z.describe("When the last complete sync began")),
	})
	.check(z.meta({ id: "DeviceSync" }));

export const exampleSync = {
	state: "running",
	step: "devices",
	read: 1250,
	devices: 3000,
	products: 2,
	groups: 0,
	removed: 0,
	by: "operator",
	startedAt: "2026-12-01T07:00:00.000Z",
	updatedAt: "2026-12-01T07:00:04.000Z",
};
