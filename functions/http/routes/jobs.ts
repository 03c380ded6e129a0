import { STATES, type State } from "../../../shared/command/state.ts";
import { newId } from "../../../shared/ids.ts";
import { changeJob, JOB_VERBS, type JobVerb } from "../../../shared/job/change.ts";
import type { Job } from "../../../shared/job/job.ts";
import { type ParsedJob, parseJob } from "../../../shared/job/parse.ts";
import { ownedKey } from "../../../shared/key/key.ts";
import { startJob } from "../../../shared/lifecycle/start-job.ts";
import { countJob } from "../../../shared/store/job-tally.ts";
import type { Stored } from "../../../shared/stored.ts";
import * as z from "../../../shared/zod.ts";
import { json } from "../answers.ts";
import type { HttpDeps } from "../deps.ts";
import { idempotencyKey } from "../idempotency-key.ts";
import { listDocuments, pageSchema } from "../list.ts";
import { etag } from "../preconditions.ts";
import { Problem } from "../problem.ts";
import { type Call, route } from "../route.ts";
import { documentsPage } from "./common-document.ts";
import { jobDevicesAnswer, jobDevicesQuery } from "./job-devices.ts";
import {
	devicesAnswers,
	exampleForecast,
	exampleJob,
	forecastSchema,
	jobDocument,
	jobSchema,
	newJob,
} from "./job-document.ts";
import { forecastView } from "./job-forecast.ts";
import { jobView } from "./job-view.ts";

/** 10,000 devices, each with a product key and a name of 64 characters at the most. */
const MAX_JOB_BYTES = 2 * 1024 * 1024;

const createJob = route({
	method: "POST",
	path: "/v1/jobs",
	operationId: "createJob",
	summary: "Send one command to many devices, in waves",
	scope: "jobs:write",
	body: { read: parseJob, maxBytes: MAX_JOB_BYTES, document: () => newJob },
	headers: ["Idempotency-Key"],
	answers: () => ({ 201: jobDocument("It is stored", "Location", "Idempotent-Replayed") }),
	problems: ["idempotency-conflict"],
	async handle(deps, { body, request, caller }) {
		const { id, again } = await claimId(deps, { request, caller }, body);
		const stored = await startJob(deps, id, body.definition, body.devices, caller.name);
		return jobAnswer(deps, stored, 201, {
			location: `/v1/jobs/${id}`,
			...(again ? { "idempotent-replayed": "true" } : {}),
		});
	},
});

const forecastJob = route({
	method: "POST",
	path: "/v1/jobs/forecast",
	operationId: "forecastJob",
	summary: "Forecast what a job would do; nothing is sent",
	scope: "jobs:read",
	body: { read: parseJob, maxBytes: MAX_JOB_BYTES, document: () => newJob },
	answers: () => ({
		200: { description: "The forecast", schema: forecastSchema, example: exampleForecast },
	}),
	handle: async (deps, { body }) => json(await forecastView(deps, body)),
});

const listJobs = route({
	method: "GET",
	path: "/v1/jobs",
	operationId: "listJobs",
	summary: "List jobs, newest first",
	scope: "jobs:read",
	query: pageSchema,
	answers: () => documentsPage("jobs", jobSchema, exampleJob),
	handle: (deps, call) =>
		listDocuments({ store: deps.jobs, what: "job" }, call, "jobs", ({ document }) =>
			viewOf(deps, document),
		),
});

const getJob = route({
	method: "GET",
	path: "/v1/jobs/{id}",
	operationId: "getJob",
	summary: "Get a job with the counts of its devices",
	scope: "jobs:read",
	answers: () => ({ 200: jobDocument("The job") }),
	problems: ["not-found"],
	handle: async (deps, { params }) => jobAnswer(deps, await load(deps, params.id)),
});

const listJobDevices = route({
	method: "GET",
	path: "/v1/jobs/{id}/devices",
	operationId: "listJobDevices",
	summary: "List the devices of a job, and what became of each",
	description:
		"A page as JSON; with `Accept: text/csv` or `application/x-ndjson` all of them, one a line",
	scope: "jobs:read",
	query: jobDevicesQuery,
	answers: devicesAnswers,
	problems: ["not-found"],
	async handle(deps, { params, query, request }) {
		const { document } = await load(deps, params.id);
		return jobDevicesAnswer(deps, document, query, request);
	},
});

const SUMMARIES: Readonly<Record<JobVerb, string>> = {
	approve: "Let the next wave begin",
	pause: "Send no more for now",
	resume: "Go on; what has failed so far is acknowledged",
	cancel: "Send no more, for good",
	retry: "Send once more to devices that did not succeed",
};

const states = z.pipe(
	z.pipe(
		z.string(),
		z.transform((text) => text.split(",")),
	),
	z.array(z.enum(STATES)),
);

const verbs = JOB_VERBS.map((verb) =>
	route({
		method: "POST",
		path: `/v1/jobs/{id}/${verb}` as "/v1/jobs/{id}/",
		operationId: `${verb}Job`,
		summary: SUMMARIES[verb],
		scope: "jobs:write",
		query: z.strictObject(
			verb === "retry"
				? { states: z.optional(states).check(z.describe("By default failed,timed_out,expired")) }
				: {},
		),
		answers: () => ({ 200: jobDocument("The job") }),
		problems: ["not-found", "state-conflict"],
		async handle(deps, { params, query, request }) {
			const given = "states" in query ? (query.states as readonly State[]) : undefined;
			const chosen = verb === "retry" ? (given ?? (await statesIn(request))) : undefined;
			return jobAnswer(deps, await change(deps, params.id, verb, chosen));
		},
	}),
);

export const jobRoutes = [createJob, forecastJob, listJobs, getJob, listJobDevices, ...verbs];

/** A retry may say its states in a body, too. @throws Problem */
async function statesIn(request: Request): Promise<readonly State[] | undefined> {
	const text = await request.text();
	if (text.trim() === "") return undefined;
	try {
		return z.strictObject({ states: z.array(z.enum(STATES)) }).parse(JSON.parse(text)).states;
	} catch {
		throw new Problem("invalid-request", `states: a list of ${STATES.join(", ")}`);
	}
}

async function change(
	deps: HttpDeps,
	id: string,
	verb: JobVerb,
	states: readonly State[] | undefined,
): Promise<Stored<Job>> {
	for (;;) {
		const read = await load(deps, id);
		const now = deps.clock.now();
		const seen = await countJob(deps.table, read.document, now);
		const changed = changeJob(read.document, verb, seen, now, states);
		if (!changed.ok) {
			throw new Problem("state-conflict", changed.reason, {
				members: { state: read.document.state },
			});
		}
		if (changed.job === read.document) return read;
		const stored = await deps.jobs.replace(read, changed.job);
		if (!stored) continue;
		await deps.jobInvoker.drive(id, now);
		return stored;
	}
}

async function claimId(
	deps: HttpDeps,
	{ request, caller }: Pick<Call, "request" | "caller">,
	body: ParsedJob,
): Promise<{ readonly id: string; readonly again: boolean }> {
	const id = newId(deps.clock.now(), deps.random);
	const key = idempotencyKey(request.headers);
	if (key === undefined) return { id, again: false };
	const claim = await deps.idempotency.claim(ownedKey(caller, key, "job"), body, id);
	if (claim.outcome === "conflict") {
		throw new Problem(
			"idempotency-conflict",
			`the key was first used, with another body, for job ${claim.id}`,
		);
	}
	return { id: claim.id, again: claim.outcome === "again" };
}

async function load({ jobs }: HttpDeps, id: string): Promise<Stored<Job>> {
	const stored = await jobs.get(id);
	if (!stored) throw new Problem("not-found", `there is no job ${id}`);
	return stored;
}

async function viewOf(deps: HttpDeps, job: Job) {
	const now = deps.clock.now();
	return jobView(job, await deps.tallies.count(job, now), now);
}

async function jobAnswer(
	deps: HttpDeps,
	{ document, version }: Stored<Job>,
	status = 200,
	headers: Record<string, string> = {},
): Promise<Response> {
	return json(await viewOf(deps, document), status, { etag: etag(version), ...headers });
}
