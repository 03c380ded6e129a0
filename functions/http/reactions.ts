import { Hono } from "hono";
import * as z from "zod";
import {
	deviceNameSchema,
	fieldErrors,
	iotIdSchema,
	productKeySchema,
} from "../../shared/command/request.ts";
import { isId } from "../../shared/ids.ts";
import {
	type ExactJson,
	type ExactObject,
	exactNumber,
	isExactObject,
	parseExact,
	toPlain,
} from "../../shared/json/exact.ts";
import { BatchBudget } from "../../shared/reaction/budget.ts";
import { ExpressionError } from "../../shared/reaction/expression.ts";
import { passesFilter } from "../../shared/reaction/index-by-key.ts";
import { parseReaction } from "../../shared/reaction/parse.ts";
import {
	type DeviceEvent,
	eventDocument,
	type Reaction,
	type ReactionDefinition,
	SOURCES,
} from "../../shared/reaction/reaction.ts";
import { toRequest, toRule } from "../../shared/reaction/rule.ts";
import type { Stored } from "../../shared/stored.ts";
import { json } from "./answers.ts";
import { readJson } from "./body.ts";
import { sentence } from "./commands.ts";
import type { HttpDeps } from "./deps.ts";
import { etag, ifMatch } from "./headers.ts";
import { pageSchema, parseQuery, readCursor, toCursor } from "./list-query.ts";
import { newId } from "./new-id.ts";
import { Problem } from "./problem.ts";

/** A sample event: what an expression can name, and what the filter looks at. */
const sampleSchema = z.object({
	source: z.enum(SOURCES).optional(),
	productKey: productKeySchema.optional(),
	deviceName: deviceNameSchema.optional(),
	iotId: iotIdSchema.optional(),
	identifier: z.string().optional(),
	id: z.string().optional(),
	time: z.number().optional(),
});

/** `/v1/reactions` and what lies below it. */
export function reactionRoutes(deps: HttpDeps): Hono {
	const { reactions, clock } = deps;
	const routes = new Hono();

	routes.post("/", async ({ req }) => {
		const definition = await readDefinition(req.raw);
		const id = await newId(deps, req.raw, "reaction", definition);
		const now = clock.now();
		const stored = await reactions.create({ ...definition, id, createdAt: now, updatedAt: now });
		if (stored) return answer(stored, 201);
		return answer(await load(deps, id), 201, { "idempotent-replayed": "true" });
	});

	routes.get("/", async ({ req }) => {
		const { limit, cursor } = parseQuery(pageSchema, req.query());
		const olderThan = cursor === undefined ? undefined : readCursor(cursor, isId);
		const found = await reactions.list(limit + 1, olderThan);
		const shown = found.slice(0, limit);
		const last = shown.at(-1);
		return json({
			reactions: shown.map(view),
			cursor: found.length > limit && last ? toCursor(last.document.id) : null,
		});
	});

	routes.get("/:id", async ({ req }) => answer(await load(deps, req.param("id"))));

	routes.put("/:id", async ({ req }) => {
		const definition = await readDefinition(req.raw);
		const wanted = ifMatch(req.raw.headers);
		for (;;) {
			const stored = await load(deps, req.param("id"), wanted);
			const { id, createdAt } = stored.document;
			const changed = { ...definition, id, createdAt, updatedAt: clock.now() };
			const replaced = await reactions.replace(stored, changed);
			if (replaced) return answer(replaced);
		}
	});

	routes.delete("/:id", async ({ req }) => {
		const wanted = ifMatch(req.raw.headers);
		for (;;) {
			const stored = await load(deps, req.param("id"), wanted);
			if (await reactions.remove(stored)) return new Response(null, { status: 204 });
		}
	});

	routes.post("/:id/test", async ({ req }) => {
		const { document: reaction } = await load(deps, req.param("id"));
		return json(tryOut(reaction, readSample(reaction, await readJson(req.raw), clock.now())));
	});

	return routes;
}

interface Sample {
	readonly event: DeviceEvent;
	readonly document: ExactObject;
}

/** What is absent from the sample is taken from the reaction's own filter. */
function readSample({ when }: Reaction, body: ExactJson, now: number): Sample {
	const parsed = sampleSchema.safeParse(toPlain(body));
	if (!parsed.success) {
		const errors = parsed.error.issues.flatMap(fieldErrors);
		throw new Problem("invalid-request", sentence(errors), { errors });
	}
	const sample = parsed.data;
	const { productKey, deviceName, iotId, identifier } = { ...when, ...sample };
	const { source = when.source, id = "sample", time = now } = sample;
	const { previous, ...fields } = isExactObject(body) ? body : {};
	const event: DeviceEvent = {
		id,
		source,
		device: {
			...(productKey === undefined ? {} : { productKey }),
			...(deviceName === undefined ? {} : { deviceName }),
			...(iotId === undefined ? {} : { iotId }),
		},
		...(identifier === undefined ? {} : { identifier }),
		at: time,
		fields,
	};
	return { event, document: eventDocument(event, previous) };
}

/** What a reaction would do, step by step, without doing it. */
function tryOut(reaction: Reaction, { event, document }: Sample): ExactObject {
	const rule = toRule(reaction);
	const budget = new BatchBudget();
	const not = { command: null } as const;
	if (!reaction.enabled) return { ...not, sends: false, because: "the reaction is not enabled" };
	if (!passesFilter(reaction, event)) {
		return { ...not, sends: false, because: "the event does not pass the filter in `when`" };
	}
	try {
		if (!rule.holds(document, budget)) {
			return { ...not, sends: false, because: "the condition is not true" };
		}
		const command = rule.render(document, budget);
		const { device } = toRequest(command, event);
		return { sends: true, device: { ...device }, command };
	} catch (error) {
		if (!(error instanceof ExpressionError)) throw error;
		return { ...not, sends: false, because: error.message };
	}
}

async function readDefinition(request: Request): Promise<ReactionDefinition> {
	const parsed = parseReaction(await readJson(request));
	if (!parsed.ok) throw new Problem("invalid-request", sentence(parsed.errors), parsed);
	return parsed.value;
}

async function load(deps: HttpDeps, id: string, wanted?: bigint): Promise<Stored<Reaction>> {
	const stored = await deps.reactions.get(id);
	if (!stored) throw new Problem("not-found", `there is no reaction ${id}`);
	if (wanted === undefined || wanted === stored.version) return stored;
	throw new Problem(
		"version-conflict",
		`it stands at version ${stored.version} now: read it again`,
		{
			headers: { etag: etag(stored.version) },
			members: { version: Number(stored.version) },
		},
	);
}

function answer(
	stored: Stored<Reaction>,
	status = 200,
	headers: Record<string, string> = {},
): Response {
	const location = status === 201 ? { location: `/v1/reactions/${stored.document.id}` } : {};
	return json(view(stored), status, { etag: etag(stored.version), ...location, ...headers });
}

/** A command as a text, should an earlier version have stored what this one cannot read. */
function shown(command: string): ExactJson {
	try {
		return parseExact(command);
	} catch {
		return command;
	}
}

const number = (value: number) => exactNumber(String(value));

function view({ document: reaction, version }: Stored<Reaction>): ExactObject {
	const { id, name, enabled, when, command, createdAt, updatedAt } = reaction;
	const { broken } = toRule(reaction);
	return {
		id,
		version: exactNumber(String(version)),
		...(name === undefined ? {} : { name }),
		enabled,
		...(broken === undefined ? {} : { error: broken }),
		when: { ...when },
		do: shown(command),
		cooldownSeconds: number(reaction.cooldownSeconds),
		maxDepth: number(reaction.maxDepth),
		loopWindowSeconds: number(reaction.loopWindowSeconds),
		createdAt: new Date(createdAt).toISOString(),
		updatedAt: new Date(updatedAt).toISOString(),
	};
}
