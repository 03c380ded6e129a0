import { deviceSchema as stored } from "../../../shared/registry/device.ts";
import * as z from "../../../shared/zod.ts";
import { instant } from "./common-document.ts";

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
