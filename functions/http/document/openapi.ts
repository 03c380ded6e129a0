import { SCOPES } from "../../../shared/key/scopes.ts";
import type { Answer, Route } from "../route.ts";
import { ANSWER_HEADERS, REQUEST_HEADERS } from "./headers.ts";
import { headersOf, problemAnswers, problemsOf } from "./problems.ts";
import { fieldsOf, type Json, Schemas } from "./schemas.ts";

const TAGS: Readonly<Record<string, string>> = {
	commands: "One invocation of a service on a device, with its whole history",
	operations: "What is done to all commands that match a filter, and how far it is",
	"dead-letters": "Messages and timer payloads that could not be made into a command",
	schedules: "A command, and when it is sent",
	reactions: "A rule: this event causes that command",
	keys: "Keys of the API, and what each may do",
	audit: "Who changed what",
	quota: "The account's calls a second",
	service: "The API itself",
};

/** The API of these routes in OpenAPI 3.1. */
export function openApi(routes: readonly Route[]): Json {
	const schemas = new Schemas();
	const responses = new Map<string, Json>();
	const paths: Record<string, Json> = {};
	for (const route of routes) {
		const operation = operationOf(route, schemas, responses);
		paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation };
	}
	const tags = new Set(routes.map(tagOf));
	return {
		openapi: "3.1.0",
		info: {
			title: "thingcast",
			version: "1",
			description: "Commands to devices of Alibaba Cloud IoT Platform, and what became of each.",
			license: { name: "Apache-2.0", identifier: "Apache-2.0" },
			contact: { name: "thingcast" },
		},
		servers: [{ url: "/", description: "Where this document was read" }],
		tags: [...tags].map((name) => ({ name, description: TAGS[name] ?? name })),
		security: [{ apiKey: [] }],
		paths,
		components: {
			securitySchemes: {
				apiKey: {
					type: "http",
					scheme: "bearer",
					description: `A key of the API. Its scopes are some of ${SCOPES.join(", ")}`,
				},
			},
			headers: ANSWER_HEADERS,
			responses: Object.fromEntries(responses),
			schemas: schemas.named,
		},
	};
}

const tagOf = ({ path }: Route) => /^\/v1\/([^/]+)/.exec(path)?.[1] ?? "service";

function operationOf(route: Route, schemas: Schemas, responses: Map<string, Json>): Json {
	const { operationId, summary, description, scope, body } = route;
	const parameters = parametersOf(route);
	const { schema, example } = body?.document() ?? {};
	const answers = Object.entries(route.answers()).map(([status, answer]) => [
		status,
		answerOf(answer, schemas),
	]);
	return {
		operationId,
		tags: [tagOf(route)],
		summary,
		description:
			[description, scope && `Scope: \`${scope}\`.`].filter(Boolean).join("\n\n") || summary,
		...(scope ? {} : { security: [] }),
		...(parameters.length > 0 ? { parameters } : {}),
		...(schema
			? {
					requestBody: {
						required: true,
						content: { "application/json": { schema: schemas.add(schema), example } },
					},
				}
			: {}),
		responses: {
			...Object.fromEntries(answers),
			...problemAnswers(problemsOf(route), schemas, responses),
		},
	};
}

function answerOf(answer: Answer, schemas: Schemas): Json {
	const { description, headers, schema, example, contentType = "application/json" } = answer;
	const media = schema && {
		schema: schemas.add(schema),
		...(example === undefined ? {} : { example }),
	};
	return {
		description,
		...(headers ? { headers: headersOf(headers) } : {}),
		...(media ? { content: { [contentType]: media } } : {}),
	};
}

function parametersOf({ path, query, headers = [] }: Route): Json[] {
	const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
		name,
		in: "path",
		required: true,
		schema: { type: "string" },
		...(name === "id" ? { example: "01KATZ5Y3RQ9K0M8V7D4N2XHBC" } : {}),
	}));
	const fields = query ? fieldsOf(query) : {};
	const inQuery = Object.entries(fields).map(([name, { description, ...schema }]) => ({
		name,
		in: "query",
		...(description ? { description } : {}),
		// A list is one value, separated by commas.
		...(schema["type"] === "array" ? { style: "form", explode: false } : {}),
		schema,
	}));
	const inHeaders = headers.map((name) => ({ name, in: "header", ...REQUEST_HEADERS[name] }));
	return [...inPath, ...inQuery, ...inHeaders];
}
