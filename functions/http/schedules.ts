import { Hono } from "hono";
import * as z from "zod";
import { isId } from "../../shared/ids.ts";
import { cancel } from "../../shared/lifecycle/cancel.ts";
import { LOOKAHEAD_MS, startDueRuns } from "../../shared/lifecycle/runs.ts";
import {
	type CalledBack,
	createSchedule,
	firstRun,
	nextToSkip,
	type Pending,
	pause,
	pendingRuns,
	replaceDefinition,
	resume,
	skipPending,
} from "../../shared/schedule/edit.ts";
import { parseSchedule } from "../../shared/schedule/parse.ts";
import { preview } from "../../shared/schedule/preview.ts";
import type { Definition, Schedule } from "../../shared/schedule/schedule.ts";
import { previewView, scheduleView } from "../../shared/schedule/view.ts";
import type { Stored } from "../../shared/stored.ts";
import { json } from "./answers.ts";
import { readJson } from "./body.ts";
import { sentence } from "./commands.ts";
import type { HttpDeps } from "./deps.ts";
import { etag, ifMatch } from "./headers.ts";
import { pageSchema, parseQuery, readCursor, toCursor } from "./list-query.ts";
import { newId } from "./new-id.ts";
import { Problem } from "./problem.ts";

export const MAX_PREVIEW = 100;
/** What a caller may wait for runs to be handed on. */
const START_WITHIN_MS = 10_000;
/** More runs that are left out one by one than anybody asks for by hand. */
const MAX_SKIPS = 100;

const previewQuery = z.strictObject({
	count: z.coerce.number().int().min(1).max(MAX_PREVIEW, `at most ${MAX_PREVIEW}`).default(10),
});

/** `/v1/schedules` and what lies below it. */
export function scheduleRoutes(deps: HttpDeps): Hono {
	const { schedules, clock } = deps;
	const routes = new Hono();

	routes.post("/", async ({ req }) => {
		const definition = await readDefinition(deps, req.raw);
		const now = clock.now();
		if (firstRun(definition, now, now) === undefined) throw never(definition, now);
		const id = await newId(deps, req.raw, "schedule", definition);
		const stored = await schedules.create(createSchedule(id, definition, now));
		if (stored) return answer(deps, await startNow(deps, stored), 201);
		return answer(deps, await load(deps, id), 201, { "idempotent-replayed": "true" });
	});

	routes.get("/", async ({ req }) => {
		const { limit, cursor } = parseQuery(pageSchema, req.query());
		const olderThan = cursor === undefined ? undefined : readCursor(cursor, isId);
		const found = await schedules.list(limit + 1, olderThan);
		const shown = found.slice(0, limit);
		const last = shown.at(-1);
		return json({
			schedules: shown.map(({ document, version }) => scheduleView(document, version, clock.now())),
			cursor: found.length > limit && last ? toCursor(last.document.id) : null,
		});
	});

	routes.get("/:id", async ({ req }) => answer(deps, await load(deps, req.param("id"))));

	routes.get("/:id/preview", async ({ req }) => {
		const { count } = parseQuery(previewQuery, req.query());
		const { document: schedule } = await load(deps, req.param("id"));
		return json({ status: schedule.status, ...previewView(preview(schedule, count, clock.now())) });
	});

	routes.put("/:id", async ({ req }) => {
		const definition = await readDefinition(deps, req.raw);
		return edit(deps, req.param("id"), req.raw, async ({ document: schedule }) => {
			const now = clock.now();
			if (firstRun(definition, schedule.createdAt, now) === undefined) throw never(definition, now);
			return replaceDefinition(schedule, definition, await callBack(deps, schedule), now);
		});
	});

	routes.delete("/:id", async ({ req }) => {
		const wanted = ifMatch(req.raw.headers);
		for (;;) {
			const stored = await load(deps, req.param("id"));
			if (wanted !== undefined && wanted !== stored.version) throw conflict(stored);
			if (!(await schedules.remove(stored))) continue;
			// Afterwards: a tick that is handing runs on at this moment finds the schedule gone, and cancels them itself.
			await callBack(deps, stored.document);
			return new Response(null, { status: 204 });
		}
	});

	routes.post("/:id/pause", ({ req }) =>
		edit(deps, req.param("id"), req.raw, async ({ document: schedule }) =>
			schedule.status === "paused"
				? schedule
				: pause(schedule, await callBack(deps, schedule), clock.now()),
		),
	);

	routes.post("/:id/resume", ({ req }) =>
		edit(deps, req.param("id"), req.raw, async ({ document: schedule }) =>
			schedule.status === "paused" ? resume(schedule, clock.now()) : schedule,
		),
	);

	routes.post("/:id/skip", ({ req }) =>
		edit(deps, req.param("id"), req.raw, ({ document: schedule }) => skip(deps, schedule)),
	);

	return routes;
}

/** Leaves out exactly the next run, also one that a tick has handed on already. */
async function skip(deps: HttpDeps, schedule: Schedule): Promise<Schedule> {
	const now = deps.clock.now();
	for (const run of pendingRuns(schedule, now)) {
		if (await cancelRun(deps, run)) return skipPending(schedule, run, now);
	}
	const at = nextToSkip(schedule);
	if (at === undefined) {
		throw new Problem("state-conflict", `the schedule is ${schedule.status}: no run is to come`);
	}
	if (schedule.skips.length >= MAX_SKIPS) {
		throw new Problem("state-conflict", `${MAX_SKIPS} runs are left out already; pause it instead`);
	}
	return { ...schedule, skips: [...schedule.skips, at], updatedAt: now };
}

/** Stops what a tick has handed on and is not due yet. */
async function callBack(deps: HttpDeps, schedule: Schedule): Promise<CalledBack> {
	const canceled: Pending[] = [];
	let begunAt: number | undefined;
	for (const run of pendingRuns(schedule, deps.clock.now())) {
		if (await cancelRun(deps, run)) canceled.push(run);
		else begunAt = run.at;
	}
	return { canceled, ...(begunAt === undefined ? {} : { begunAt }) };
}

/** @returns false if one of its commands has begun. */
async function cancelRun(deps: HttpDeps, run: Pending): Promise<boolean> {
	const ends = await Promise.all(run.commands.map((id) => cancel(deps, id)));
	return ends.every((end) => !end || end.canceled);
}

/** Changes a schedule in the version that it was read in, or that `If-Match` names. */
async function edit(
	deps: HttpDeps,
	id: string,
	request: Request,
	change: (stored: Stored<Schedule>) => Promise<Schedule>,
): Promise<Response> {
	const wanted = ifMatch(request.headers);
	for (;;) {
		const stored = await load(deps, id);
		if (wanted !== undefined && wanted !== stored.version) throw conflict(stored);
		const changed = await change(stored);
		if (changed === stored.document) return answer(deps, stored);
		const replaced = await deps.schedules.replace(stored, changed);
		if (replaced) return answer(deps, await startNow(deps, replaced));
	}
}

/** A run that is due before the next tick is handed on here, or it would come up to a minute late. */
async function startNow(deps: HttpDeps, stored: Stored<Schedule>): Promise<Stored<Schedule>> {
	const now = deps.clock.now();
	try {
		const horizon = now + LOOKAHEAD_MS;
		const started = await startDueRuns(deps, [stored], horizon, now + START_WITHIN_MS);
		return started.schedules[0] ?? stored;
	} catch (error) {
		// The change stands; what is left to do, the next tick does.
		deps.log.warn("runs were left to the next tick", { error: (error as Error).message });
		return stored;
	}
}

async function readDefinition({ clock }: HttpDeps, request: Request): Promise<Definition> {
	const parsed = parseSchedule(await readJson(request), clock.now());
	if (!parsed.ok) throw new Problem("invalid-request", sentence(parsed.errors), parsed);
	return parsed.value;
}

async function load(deps: HttpDeps, id: string): Promise<Stored<Schedule>> {
	const stored = await deps.schedules.get(id);
	if (!stored) throw new Problem("not-found", `there is no schedule ${id}`);
	return stored;
}

function answer(
	{ clock }: HttpDeps,
	{ document: schedule, version }: Stored<Schedule>,
	status = 200,
	headers: Record<string, string> = {},
): Response {
	const now = clock.now();
	const location = status === 201 ? { location: `/v1/schedules/${schedule.id}` } : {};
	return json(scheduleView(schedule, version, now), status, {
		etag: etag(version),
		...location,
		...headers,
	});
}

const conflict = ({ version }: Stored<Schedule>) =>
	new Problem("version-conflict", `it stands at version ${version} now: read it again`, {
		headers: { etag: etag(version) },
		members: { version: Number(version) },
	});

/** A schedule that would never fire is a mistake to be told now. */
function never(definition: Definition, now: number): Problem {
	const { startAt: _s, endAt: _e, ...unbounded } = definition;
	const detail =
		firstRun(unbounded, now, now) === undefined
			? "never fires from now on"
			: "has no run between startAt and endAt from now on";
	const errors = [{ pointer: "/when", detail }];
	return new Problem("invalid-request", sentence(errors), { errors });
}
