import { STATES } from "../../../shared/command/state.ts";
import { JOB_STATES } from "../../../shared/job/job.ts";
import { jobSchemas } from "../../../shared/job/parse.ts";
import * as z from "../../../shared/zod.ts";
import type { Answer, AnswerHeader, Answers } from "../route.ts";
import { argsSchema } from "./command-document.ts";
import { instant, pageDocument, whole } from "./common-document.ts";
import { registrySchema } from "./device-document.ts";

// For the API's document only: nothing here is in the bundle.

const optional = z.exactOptional;
const template = z
	.extend(jobSchemas.command, { args: z.optional(argsSchema) })
	.check(z.meta({ id: "JobCommand", description: "What each device is sent" }));

const exampleTargets = { query: "productKey = 'a1B2c3D4e5F' and tags.floor = '3' and online" };
const exampleCommand = { service: "Set", args: { mode: 1 } };
const exampleWaves = [{ count: 10 }, { percent: 10 }, { percent: 100 }];

export const newJob = {
	schema: z
		.safeExtend(jobSchemas.outer, { targets: jobSchemas.targets, command: template })
		.check(z.meta({ id: "JobRequest" })),
	example: { targets: exampleTargets, command: exampleCommand, waves: exampleWaves },
};

const counts = z
	.partialRecord(z.enum(STATES), whole)
	.check(z.meta({ id: "Counts", description: "Devices by state; each device is in one" }));

export const jobSchema = z
	.object({
		id: z.string(),
		name: optional(z.string()),
		state: z.enum(JOB_STATES),
		reason: optional(z.string()).check(z.describe("Why it does not send, or what was left out")),
		targets: optional(whole).check(
			z.describe("Devices in all; absent while they are being resolved"),
		),
		counts: optional(counts),
		waves: z.array(
			z.object({
				count: optional(whole),
				percent: optional(z.number()),
				advance: optional(z.enum(["auto", "approve"])),
				soakSeconds: optional(whole),
				succeeded: optional(z.number()),
				state: z.enum(["pending", "running", "completed", "canceled"]),
				targets: optional(whole),
				counts: optional(counts),
				startedAt: optional(instant),
				endedAt: optional(instant),
			}),
		),
		rate: optional(z.record(z.string(), z.number())),
		plan: z.record(z.string(), z.unknown()).check(z.describe("What its owner said")),
		resolvedAt: optional(instant),
		by: optional(z.string()),
		createdAt: instant,
		updatedAt: instant,
	})
	.check(z.meta({ id: "Job" }));

export const exampleJob = {
	id: "01KATZ5Y3RQ9K0M8V7D4N2XHBC",
	state: "running",
	targets: 2000,
	counts: { succeeded: 10, sent: 90, waiting: 1900 },
	waves: [{ count: 10, state: "completed", targets: 10, counts: { succeeded: 10 } }],
	plan: newJob.example,
	createdAt: "2026-12-01T07:00:00.000Z",
	updatedAt: "2026-12-01T07:00:03.000Z",
};

export const jobDocument = (description: string, ...headers: AnswerHeader[]): Answer => ({
	description,
	schema: jobSchema,
	example: exampleJob,
	headers: ["ETag", ...headers],
});

const jobDevice = z
	.object({
		productKey: optional(z.string()),
		deviceName: optional(z.string()),
		iotId: optional(z.string()),
		state: z.enum(STATES),
		wave: optional(whole),
		command: optional(z.string()).check(z.describe("Its command's id; absent before its turn")),
		code: optional(z.string()),
		message: optional(z.string()),
		replyCode: optional(z.int()),
		updatedAt: optional(instant),
	})
	.check(z.meta({ id: "JobDevice" }));

const exampleDevice = {
	productKey: "a1B2c3D4e5F",
	deviceName: "device-001",
	state: "failed",
	wave: 1,
	command: "01KATZ61XW3E5F7G9HJKMNPQRS",
	code: "460",
	message: "request parameter error",
};

export function devicesAnswers(): Answers {
	const { 200: page } = pageDocument("devices", jobDevice, exampleDevice);
	return page ? { 200: { ...page, alsoAs: ["text/csv", "application/x-ndjson"] } } : {};
}

const point = z.object({ at: instant, sent: whole, ended: whole });

export const forecastSchema = z
	.object({
		targets: whole,
		covered: whole.check(z.describe("Of them, those that the waves cover")),
		offline: whole,
		calls: whole,
		callsOf: z.object({ InvokeThingService: whole, InvokeThingsService: whole }),
		sentAt: optional(instant),
		confirmedAt: optional(instant),
		state: z.enum(JOB_STATES),
		reason: optional(z.string()),
		approvals: whole.check(z.describe("Somebody must approve so often; reckoned as done at once")),
		quotaShare: z.number(),
		waves: z.array(z.object({ startedAt: instant, endedAt: optional(instant) })),
		conflicts: z.array(
			z.object({
				type: z.enum(["job", "schedule"]),
				id: z.string(),
				name: optional(z.string()),
				devices: whole,
			}),
		),
		cost: z.object({ calls: whole, rowWrites: whole, messages: whole }),
		registry: optional(registrySchema),
		curve: z.array(point),
	})
	.check(z.meta({ id: "Forecast" }));

export const exampleForecast = {
	targets: 2000,
	covered: 2000,
	offline: 12,
	calls: 1360,
	callsOf: { InvokeThingService: 1353, InvokeThingsService: 7 },
	sentAt: "2026-12-01T07:00:05.000Z",
	confirmedAt: "2026-12-01T07:00:06.000Z",
	state: "completed",
	approvals: 0,
	quotaShare: 0.8,
	waves: [{ startedAt: "2026-12-01T07:00:00.000Z", endedAt: "2026-12-01T07:00:06.000Z" }],
	conflicts: [],
	cost: { calls: 1360, rowWrites: 10000, messages: 4000 },
	curve: [{ at: "2026-12-01T07:00:06.000Z", sent: 2000, ended: 2000 }],
};
