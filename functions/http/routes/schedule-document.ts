import { scheduleSchemas } from "../../../shared/schedule/parse.ts";
import { scheduleSchema as stored } from "../../../shared/schedule/schedule.ts";
import { whenSchema } from "../../../shared/schedule/when.ts";
import * as z from "../../../shared/zod.ts";
import { argsSchema, commandSchema, newCommand } from "./command-document.ts";
import { instant, madeBy, whole } from "./common-document.ts";

// For the API's document only: nothing here is in the bundle.

const optional = z.exactOptional;
const { shape } = stored;
const when = whenSchema.check(
	z.meta({ id: "When", description: "Exactly one of at, cron and every" }),
);

const template = z.extend(scheduleSchemas.command, { args: z.optional(argsSchema) }).check(
	z.meta({
		id: "CommandTemplate",
		description: "A command to one device, or the same to several",
	}),
);

const { expiresIn: _, ...given } = newCommand;

export const newSchedule = {
	schema: z
		.safeExtend(scheduleSchemas.outer, { when, command: template })
		.check(z.meta({ id: "ScheduleRequest", title: "A schedule, as it is given" })),
	example: { when: { cron: "0 7 * * 1-5", timeZone: "Asia/Shanghai" }, command: given },
};

const run = z.extend(shape.lastRuns.def.innerType.def.element, {
	at: instant,
	dueAt: optional(instant),
	until: optional(instant).check(
		z.describe("Of `missed`: all runs from `at` up to this time, exclusive"),
	),
	commands: optional(z.array(z.string())).check(z.describe("Ids of its commands")),
});

const fields = commandSchema.shape;
const shownTemplate = z.object({
	device: optional(fields.device),
	devices: optional(z.array(fields.device)),
	service: fields.service,
	args: fields.args,
	expiresIn: whole,
	replyTimeout: whole,
	onUnknown: fields.onUnknown,
	whenOffline: fields.whenOffline,
	lane: fields.lane,
	qos: fields.qos,
	order: fields.order,
});

export const scheduleDocument = {
	schema: z
		.object({
			id: shape.id,
			version: whole,
			name: shape.name,
			status: shape.status,
			when,
			command: shownTemplate,
			startAt: optional(instant),
			endAt: optional(instant),
			maxRuns: optional(whole),
			dst: shape.dst,
			missed: shape.missed,
			overlap: shape.overlap,
			jitterSeconds: whole,
			nextRunAt: optional(instant),
			runs: whole.check(z.describe("Runs that were started")),
			skipped: z.array(instant).check(z.describe("Runs to come that are left out")),
			lastRuns: z.array(run).check(z.describe("The newest first")),
			source: madeBy,
			createdAt: instant,
			updatedAt: instant,
		})
		.check(z.meta({ id: "Schedule" })),
	example: {
		id: "01KATZ5Y3RQ9K0M8V7D4N2XHBC",
		version: 3,
		status: "active",
		when: newSchedule.example.when,
		command: {
			...given,
			expiresIn: 3600,
			replyTimeout: 60,
			onUnknown: "report",
			whenOffline: "fail",
			lane: "interactive",
			qos: 0,
		},
		dst: { gap: "shift", twice: "first" },
		missed: { within: 3600, run: "latest" },
		overlap: "allow",
		jitterSeconds: 0,
		nextRunAt: "2026-12-01T23:00:00.000Z",
		runs: 1,
		skipped: [],
		lastRuns: [
			{
				at: "2026-11-30T23:00:00.000Z",
				outcome: "fired",
				dueAt: "2026-11-30T23:00:00.000Z",
				commands: ["01KATZ61XW3E5F7G9HJKMNPQRS"],
			},
		],
		source: { type: "http", by: "gate 7" },
		createdAt: "2026-11-30T12:00:00.000Z",
		updatedAt: "2026-11-30T22:59:00.000Z",
	},
};

const preview = z.object({
	status: shape.status,
	runs: z.array(
		z.object({
			at: instant,
			local: z.string().check(z.describe("As the clocks of the schedule's zone show it")),
			dueAt: instant.check(z.describe("Later than `at` by the jitter")),
			shapedBy: z.array(z.string()).check(z.describe("The policies that made the run what it is")),
		}),
	),
	leftOut: z
		.array(z.object({ local: z.string(), because: z.string() }))
		.check(z.describe("Times up to the last of `runs` at which nothing runs")),
});

export const previewAnswers = {
	200: {
		description: "The runs to come",
		schema: preview.check(z.meta({ id: "Preview" })),
		example: {
			status: "active",
			runs: [
				{
					at: "2026-12-01T23:00:00.000Z",
					local: "2026-12-02T07:00:00",
					dueAt: "2026-12-01T23:00:00.000Z",
					shapedBy: [],
				},
			],
			leftOut: [],
		},
	},
};
