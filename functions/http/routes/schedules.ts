import { reachesSchedule } from "../../../shared/key/products.ts";
import {
	createSchedule,
	firstRun,
	pause,
	pendingRuns,
	replaceDefinition,
	resume,
} from "../../../shared/schedule/edit.ts";
import { parseSchedule } from "../../../shared/schedule/parse.ts";
import { preview } from "../../../shared/schedule/preview.ts";
import type { Definition, Schedule } from "../../../shared/schedule/schedule.ts";
import * as z from "../../../shared/zod.ts";
import { json } from "../answers.ts";
import { load } from "../documents.ts";
import { invalid } from "../problem.ts";
import { route } from "../route.ts";
import { documentRoutes } from "./document-routes.ts";
import { newSchedule, previewAnswers, scheduleDocument } from "./schedule-document.ts";
import { callBack, skip, startNow } from "./schedule-runs.ts";
import { previewView, scheduleView } from "./schedule-view.ts";

const MAX_PREVIEW = 100;

const { routes, action, collection } = documentRoutes<Schedule, Definition>({
	what: "schedule",
	Name: "Schedule",
	store: ({ schedules }) => schedules,
	body: { read: parseSchedule, document: () => newSchedule },
	document: () => scheduleDocument,
	view: ({ clock }, { document, version }) => scheduleView(document, version, clock.now()),
	reaches: reachesSchedule,
	// Runs that are handed on already, and become past ones without a change of the schedule.
	phase: ({ clock }, schedule) => pendingRuns(schedule, clock.now()).length,
	build({ clock }, definition, id, by) {
		const now = clock.now();
		refuseNever(definition, now, now);
		return createSchedule(id, definition, now, by);
	},
	async replace(deps, definition, schedule, by) {
		const now = deps.clock.now();
		refuseNever(definition, schedule.createdAt, now);
		return replaceDefinition(schedule, definition, await callBack(deps, schedule), now, by);
	},
	changed: startNow,
	// Afterwards: a tick that is handing runs on at this moment finds the schedule gone, and cancels them itself.
	removed: callBack,
});

const previewSchedule = route({
	method: "GET",
	path: "/v1/schedules/{id}/preview",
	operationId: "previewSchedule",
	summary: "Show the next runs, and what shaped each",
	scope: "schedules:read",
	withinProducts: true,
	query: z.strictObject({
		count: z._default(
			z.coerce
				.number()
				.check(z.int(), z.minimum(1), z.maximum(MAX_PREVIEW, `at most ${MAX_PREVIEW}`)),
			10,
		),
	}),
	answers: () => previewAnswers,
	problems: ["not-found"],
	async handle(deps, { params, query, caller }) {
		const { clock } = deps;
		const { document: schedule } = await load(collection(deps, caller), params.id);
		const shown = previewView(preview(schedule, query.count, clock.now()));
		return json({ status: schedule.status, ...shown });
	},
});

export const scheduleRoutes = [
	...routes,
	previewSchedule,
	action("pause", "Start no more runs", async (deps, schedule) =>
		schedule.status === "paused"
			? schedule
			: pause(schedule, await callBack(deps, schedule), deps.clock.now()),
	),
	action("resume", "Start runs again, from now on", ({ clock }, schedule) =>
		schedule.status === "paused" ? resume(schedule, clock.now()) : schedule,
	),
	action("skip", "Leave out exactly the next run", skip, ["state-conflict"]),
];

/** A schedule that would never fire is a mistake to be told now. @throws Problem */
function refuseNever(definition: Definition, createdAt: number, now: number): void {
	if (firstRun(definition, createdAt, now) !== undefined) return;
	const { startAt: _s, endAt: _e, ...unbounded } = definition;
	const detail =
		firstRun(unbounded, now, now) === undefined
			? "never fires from now on"
			: "has no run between startAt and endAt from now on";
	throw invalid([{ pointer: "/when", detail }]);
}
