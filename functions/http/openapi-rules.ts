import * as z from "zod";
import { reactionFields } from "../../shared/reaction/parse.ts";
import { scheduleSchemas } from "../../shared/schedule/parse.ts";
import { whenSchema } from "../../shared/schedule/when.ts";
import { MAX_PREVIEW } from "./schedules.ts";

type Json = Record<string, unknown>;

/** What the descriptions of the API's other parts lend to this one. */
export interface Parts {
	readonly id: Json;
	readonly limit: Json;
	readonly cursor: Json;
	readonly key: Json;
	readonly args: Json;
	readonly query: (name: string, schema: Json) => Json;
	readonly header: (name: string, schema: Json, description: string) => Json;
	readonly content: (schema: string) => Json;
	readonly problem: (description: string) => Json;
}

const text = { type: "string" };

/** Paths of schedules and reactions. */
export function rulePaths(parts: Parts): Json {
	const { id, limit, cursor, key, query, header, content, problem } = parts;
	const match = header(
		"If-Match",
		text,
		"the version that is meant, from ETag; 412 if it is older",
	);
	const shown = (description: string, schema: string) => ({ description, ...content(schema) });
	const body = (schema: string) => ({ required: true, ...content(schema) });
	const wrong = problem("What is wrong, field by field");
	const unknown = problem("Unknown");
	const conflict = problem("Somebody else changed it meanwhile");

	const resource = (path: string, what: string, schema: string) => ({
		[path]: {
			post: {
				summary: `Create a ${what}`,
				parameters: [key],
				requestBody: body(`${schema}Request`),
				responses: {
					"201": shown("Created; ETag is its version", schema),
					"400": wrong,
					"409": problem("The idempotency key stands for another one"),
				},
			},
			get: {
				summary: `List ${what}s, newest first`,
				parameters: [limit, cursor],
				responses: { "200": { description: "A page" } },
			},
		},
		[`${path}/{id}`]: {
			get: {
				summary: `One ${what}`,
				parameters: [id],
				responses: { "200": shown("ETag is its version", schema), "404": unknown },
			},
			put: {
				summary: `Replace a ${what}`,
				parameters: [id, match],
				requestBody: body(`${schema}Request`),
				responses: {
					"200": shown("Replaced", schema),
					"400": wrong,
					"404": unknown,
					"412": conflict,
				},
			},
			delete: {
				summary: `Delete a ${what}`,
				parameters: [id, match],
				responses: { "204": { description: "Deleted" }, "404": unknown, "412": conflict },
			},
		},
	});
	const action = (summary: string) => ({
		post: {
			summary,
			parameters: [id, match],
			responses: { "200": shown("The schedule", "Schedule"), "404": unknown, "412": conflict },
		},
	});
	return {
		...resource("/v1/schedules", "schedule", "Schedule"),
		"/v1/schedules/{id}/preview": {
			get: {
				summary: "The next runs, and what shaped each",
				parameters: [
					id,
					query("count", { type: "integer", minimum: 1, maximum: MAX_PREVIEW, default: 10 }),
				],
				responses: { "200": shown("The runs to come", "Preview"), "404": unknown },
			},
		},
		"/v1/schedules/{id}/pause": action("Start no more runs"),
		"/v1/schedules/{id}/resume": action("Start runs again, from now on"),
		"/v1/schedules/{id}/skip": action("Leave out exactly the next run"),
		...resource("/v1/reactions", "reaction", "Reaction"),
		"/v1/reactions/{id}/test": {
			post: {
				summary: "What a sample event would send; nothing is sent",
				parameters: [id],
				requestBody: {
					required: true,
					content: { "application/json": { schema: { type: "object" } } },
				},
				responses: { "200": shown("What would be sent, or why nothing", "Trial"), "404": unknown },
			},
		},
	};
}

/** Schemas of schedules and reactions; their bodies come from the schemas that check them. */
export function ruleSchemas({ args }: Parts): Json {
	const when = input(whenSchema);
	const template = withProperties(input(scheduleSchemas.command), { args });
	const schedule = withProperties(input(scheduleSchemas.outer), { when, command: template });
	const command = {
		type: "object",
		description:
			"A command as in POST /v1/commands; a string {% … %} in it is CEL over the event. Without a device it goes to the event's.",
	};
	const reaction = withProperties(input(reactionFields), { do: command });
	const stamped = (fields: Json) => ({
		type: "object",
		properties: {
			id: text,
			version: { type: "integer" },
			createdAt: text,
			updatedAt: text,
			...fields,
		},
	});
	const run = {
		type: "object",
		properties: {
			at: text,
			local: text,
			dueAt: text,
			shapedBy: { type: "array", items: text },
		},
	};
	return {
		ScheduleRequest: { ...schedule, required: ["when", "command"] },
		Schedule: stamped({
			status: { enum: ["active", "paused", "ended"] },
			nextRunAt: text,
			runs: { type: "integer" },
			skipped: { type: "array", items: text },
			lastRuns: { type: "array", items: { type: "object" } },
		}),
		Preview: {
			type: "object",
			properties: {
				runs: { type: "array", items: run },
				leftOut: { type: "array", items: { type: "object" } },
			},
		},
		ReactionRequest: { ...reaction, required: ["when", "do"] },
		Reaction: stamped({
			enabled: { type: "boolean" },
			error: { ...text, description: "Why it can do nothing as it is stored" },
		}),
		Trial: {
			type: "object",
			properties: {
				sends: { type: "boolean" },
				because: text,
				command: { type: ["object", "null"] },
			},
		},
	};
}

function input(schema: z.ZodType): Json {
	const { $schema: _, ...fields } = z.toJSONSchema(schema, { io: "input" });
	return fields;
}

const withProperties = (schema: Json, properties: Json): Json => ({
	...schema,
	properties: { ...(schema["properties"] as Json), ...properties },
});
