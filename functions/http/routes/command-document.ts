import { requestSchema, commandSchema as stored } from "../../../shared/command/command.ts";
import { commandFields } from "../../../shared/command/request.ts";
import * as z from "../../../shared/zod.ts";
import type { Answer, Answers } from "../route.ts";
import { instant, whole } from "./common-document.ts";

// For the API's document only: nothing here is in the bundle.

const optional = z.exactOptional;
const { shape } = stored;
/** Fields of a request that are shown as they are stored. */
const { device, service, args: _args, argsForm: _form, ...how } = requestSchema.shape;

export const argsSchema = z
	.union([z.record(z.string(), z.unknown()), z.string()])
	.check(z.describe("A JSON object, or the text of one, which is sent byte for byte"));

export const newCommandSchema = z
	.extend(commandFields, { args: z.optional(argsSchema) })
	.check(z.meta({ id: "CommandRequest" }));

const attempt = z.extend(shape.attempts.def.element, { at: instant, durationMs: whole }).check(
	z.meta({
		id: "Attempt",
		description: "One call of the platform; without a code where it was taken",
	}),
);

const reply = z
	.object({
		code: z.int(),
		message: optional(z.string()),
		data: optional(z.unknown()),
		at: instant,
	})
	.check(z.meta({ id: "Reply", description: "What the device said; 200 is success" }));

/** A command as GET shows it: every field that `commandView` can give. */
export const commandSchema = z
	.object({
		id: z.string(),
		device,
		service,
		args: argsSchema,
		state: shape.state,
		terminal: z.boolean().check(z.describe("Nothing more comes but, perhaps, a late reply")),
		source: z.extend(shape.source, { wave: optional(whole) }),
		attempts: z.array(attempt).check(z.describe("The first 10 and the last 90")),
		attemptsOmitted: optional(whole).check(z.describe("Attempts between them")),
		messageId: shape.messageId,
		result: optional(z.string()).check(z.describe("What the platform calls Result: a JSON text")),
		reply: optional(reply),
		error: shape.error,
		answer: shape.answer,
		...how,
		expiresIn: whole,
		replyTimeout: whole,
		after: optional(z.object({ command: z.string() })).check(
			z.describe("The command that must have ended before this one is sent"),
		),
		createdAt: instant,
		updatedAt: instant,
		expiresAt: instant,
		nextAt: optional(instant).check(z.describe("While it waits: when it is looked at again")),
	})
	.check(z.meta({ id: "Command" }));

export const newCommand = {
	device: { productKey: "a1B2c3D4e5F", deviceName: "device-001" },
	service: "Set",
	args: { temperature: 21 },
	expiresIn: 600,
};

const accepted = {
	id: "01KATZ5Y3RQ9K0M8V7D4N2XHBC",
	device: newCommand.device,
	service: "Set",
	args: newCommand.args,
	state: "accepted",
	terminal: false,
	lane: "interactive",
	source: { type: "http", ref: null, by: "gate 7" },
	attempts: [],
	expiresIn: 600,
	replyTimeout: 60,
	onUnknown: "report",
	whenOffline: "fail",
	qos: 0,
	createdAt: "2026-12-01T07:00:00.000Z",
	updatedAt: "2026-12-01T07:00:00.000Z",
	expiresAt: "2026-12-01T07:10:00.000Z",
};

/** A command that has succeeded. */
export const endedCommand = {
	...accepted,
	state: "succeeded",
	terminal: true,
	attempts: [{ at: "2026-12-01T07:00:00.050Z", durationMs: 61, requestId: "7C1D8F60-0001" }],
	messageId: "1467850712051531776",
	result: '{"code":200,"data":{},"id":"1467850712051531776","message":"success"}',
	reply: { code: 200, message: "success", data: {}, at: "2026-12-01T07:00:00.300Z" },
	answer: { success: true, requestId: "7C1D8F60-0001", messageId: "1467850712051531776" },
	updatedAt: "2026-12-01T07:00:00.310Z",
};

const headers = ["ETag", "Location", "Preference-Applied", "Idempotent-Replayed"] as const;

/** One command, in whatever state it is. */
export const commandDocument = (description: string, example: object = endedCommand): Answer => ({
	description,
	schema: commandSchema,
	example,
	headers: ["ETag"],
});

/** The answers of a route that makes a command. */
export const acceptedAnswers = (): Answers => ({
	200: { ...commandDocument("It has ended (with `Prefer: wait`)"), headers },
	202: { ...commandDocument("It is stored; `Location` says where to look", accepted), headers },
});
