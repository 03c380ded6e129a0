import * as z from "zod";
import { commandFields } from "../../shared/command/request.ts";
import { STATES } from "../../shared/command/state.ts";
import { MAX_WAIT_SECONDS } from "./headers.ts";
import { MAX_LIMIT } from "./list-query.ts";
import { rulePaths, ruleSchemas } from "./openapi-rules.ts";

type Json = Record<string, unknown>;

const id = { name: "id", in: "path", required: true, schema: { type: "string" } };
const query = (name: string, schema: Json) => ({ name, in: "query", schema });
const header = (name: string, schema: Json, description: string) => ({
	name,
	in: "header",
	schema,
	description,
});
const text = { type: "string" };
const limit = query("limit", { type: "integer", minimum: 1, maximum: MAX_LIMIT, default: 20 });
const cursor = query("cursor", text);
const prefer = header(
	"Prefer",
	text,
	`wait=N, N up to ${MAX_WAIT_SECONDS}: answer once it has ended`,
);
const key = header("Idempotency-Key", { type: "string", maxLength: 128 }, "same key, same command");

const args = {
	description: "A JSON object, or the text of one, which is sent byte for byte",
	oneOf: [{ type: "object" }, text],
};

const content = (ref: string) => ({
	content: { "application/json": { schema: { $ref: `#/components/schemas/${ref}` } } },
});
const problem = (description: string) => ({
	description,
	content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});
const command = (description: string) => ({ description, ...content("Command") });

const usage = {
	type: "object",
	properties: {
		granted: { type: "integer", description: "Calls that could be made" },
		used: { type: "integer", description: "Calls that were made" },
		throttled: { type: "integer", description: "Calls of these that were refused as too many" },
	},
};
const quota = {
	type: "object",
	properties: {
		limit: { type: "integer", description: "Calls a second of the account" },
		share: { type: "number", description: "How much of it is for thingcast" },
		rate: { type: ["number", "null"], description: "Calls a second planned with now" },
		instances: { type: "integer", description: "Instances that send" },
		lastMinute: {
			...usage,
			properties: {
				...usage.properties,
				lanes: { type: "object", properties: { interactive: usage, bulk: usage } },
			},
		},
	},
};

/** The API in OpenAPI 3.1; the body of a command comes from the schema that checks it. */
export function openApi(): Json {
	const { $schema: _, ...fields } = z.toJSONSchema(commandFields, { io: "input" });
	const body = {
		...fields,
		properties: {
			...fields.properties,
			args,
		},
	};
	const parts = { id, limit, cursor, key, args, query, header, content, problem };
	const created = {
		"200": command("It has ended (with Prefer: wait)"),
		"202": command("Accepted; Location says where to look"),
		"409": problem("The idempotency key stands for another command"),
	};
	return {
		openapi: "3.1.0",
		info: {
			title: "thingcast",
			version: "1",
			description: "Commands to devices, and what became of them",
		},
		security: [{ apiKey: [] }],
		paths: {
			"/v1/commands": {
				post: {
					summary: "Send a command",
					parameters: [key, prefer],
					requestBody: { required: true, ...content("CommandRequest") },
					responses: {
						...created,
						"400": problem("What is wrong, field by field"),
						"413": problem("Too large"),
					},
				},
				get: {
					summary: "List commands, newest first",
					parameters: [
						query("productKey", text),
						query("deviceName", text),
						query("iotId", text),
						query("state", { type: "string", enum: STATES }),
						limit,
						cursor,
					],
					responses: { "200": { description: "A page", ...content("CommandPage") } },
				},
			},
			"/v1/commands/{id}": {
				get: {
					summary: "What became of it",
					parameters: [id],
					responses: { "200": command("The command"), "404": problem("Unknown") },
				},
			},
			"/v1/commands/{id}/cancel": {
				post: {
					summary: "Do not send it",
					parameters: [id],
					responses: { "200": command("Canceled"), "409": problem("Too late") },
				},
			},
			"/v1/commands/{id}/redrive": {
				post: {
					summary: "Send it again, as a new command",
					parameters: [id, key, prefer],
					responses: { ...created },
				},
			},
			"/v1/dead-letters": {
				get: {
					summary: "Messages that were no command",
					parameters: [limit, cursor],
					responses: { "200": { description: "A page" } },
				},
			},
			"/v1/dead-letters/{id}": {
				get: {
					summary: "One of them, with the reason",
					parameters: [id],
					responses: { "200": { description: "The dead letter" } },
				},
			},
			"/v1/dead-letters/{id}/redrive": {
				post: {
					summary: "Try again to make it a command",
					parameters: [id, prefer],
					responses: { ...created, "422": problem("It is still none") },
				},
			},
			"/v1/quota": {
				get: {
					summary: "The calls that the account has, and who used them in the last minute",
					responses: { "200": { description: "The quota", ...content("Quota") } },
				},
			},
			...rulePaths(parts),
			"/healthz": { get: { security: [], responses: { "200": { description: "Up" } } } },
		},
		components: {
			securitySchemes: { apiKey: { type: "http", scheme: "bearer" } },
			schemas: {
				CommandRequest: body,
				...ruleSchemas(parts),
				Command: {
					type: "object",
					properties: {
						id: text,
						state: { type: "string", enum: STATES },
						attempts: { type: "array", items: { type: "object" } },
						messageId: text,
						result: text,
						error: { type: "object", properties: { code: text, message: text } },
					},
				},
				Quota: quota,
				CommandPage: {
					type: "object",
					properties: {
						commands: { type: "array", items: { $ref: "#/components/schemas/Command" } },
						cursor: { type: ["string", "null"], description: "null at the end" },
					},
				},
				Problem: {
					type: "object",
					properties: {
						type: text,
						title: text,
						status: { type: "integer" },
						detail: text,
						errors: { type: "array" },
					},
				},
			},
		},
	};
}
