import { newId } from "../../../shared/ids.ts";
import { changeJob, JOB_VERBS, type JobVerb } from "../../../shared/job/change.ts";
import { hasEnded, type Job } from "../../../shared/job/job.ts";
import { parseJob } from "../../../shared/job/parse.ts";
import { jobView } from "../../../shared/job/view.ts";
import { startJob } from "../../../shared/lifecycle/start-job.ts";
import { countJob } from "../../../shared/store/job-tally.ts";
import type { Stored } from "../../../shared/stored.ts";
import { json, pageAnswer } from "../answers.ts";
import { readJson } from "../body.ts";
import { sentence } from "../commands.ts";
import type { HttpDeps } from "../deps.ts";
import { etag, idempotencyKey } from "../headers.ts";
import { pageSchema, parseQuery, readCursor } from "../list-query.ts";
import { Problem } from "../problem.ts";
import type { Route } from "../route.ts";

/** 10,000 devices, each with a product key and a name of 64 characters at the most. */
export const MAX_JOB_BYTES = 2 * 1024 * 1024;

const SUMMARIES: Readonly<Record<JobVerb, string>> = {
	approve: "Lets the next wave begin",
	pause: "Sends no more for now",
	resume: "Goes on; what has failed so far is acknowledged",
	cancel: "Sends no more, for good",
	retry: "Once more for the devices that did not succeed",
};

export const jobRoutes: readonly Route[] = [
	{
		method: "POST",
		path: "/v1/jobs",
		operationId: "createJob",
		summary: "One command for many devices, in waves",
		problems: ["invalid-request"],
		async handle(deps, { request }) {
			const { definition, devices } = await readJob(request);
			const key = idempotencyKey(request.headers);
			const fresh = newId(deps.clock.now(), deps.random);
			const claim =
				key === undefined
					? ({ outcome: "first", id: fresh } as const)
					: await deps.idempotency.claim(
							JSON.stringify(["job", key]),
							{ definition, devices },
							fresh,
						);
			if (claim.outcome === "conflict") {
				throw new Problem(
					"idempotency-conflict",
					`the key was first used, with another body, for job ${claim.id}`,
				);
			}
			const stored = await startJob(deps, claim.id, definition, devices);
			return jobAnswer(deps, stored, 201, {
				location: `/v1/jobs/${claim.id}`,
				...(claim.outcome === "again" ? { "idempotent-replayed": "true" } : {}),
			});
		},
	},
	{
		method: "GET",
		path: "/v1/jobs",
		operationId: "listJobs",
		summary: "Jobs, newest first",
		problems: ["invalid-cursor"],
		async handle(deps, { query, request }) {
			const { limit, cursor } = parseQuery(pageSchema, query);
			const before = cursor === undefined ? undefined : readCursor(cursor, isJobId);
			const found = await deps.jobs.list(limit + 1, before);
			const page = found.slice(0, limit);
			const jobs = await Promise.all(page.map(({ document }) => viewOf(deps, document)));
			const next = found.length > limit ? page.at(-1)?.document.id : undefined;
			return pageAnswer(request.url, { jobs }, next);
		},
	},
	{
		method: "GET",
		path: "/v1/jobs/{id}",
		operationId: "getJob",
		summary: "A job, with the counts of its devices",
		problems: ["not-found"],
		handle: async (deps, { params }) => jobAnswer(deps, await load(deps, params["id"])),
	},
	...JOB_VERBS.map(verbRoute),
];

const isJobId = (text: string): boolean => /^[0-9A-Z]{26}$/.test(text);

function verbRoute(verb: JobVerb): Route {
	return {
		method: "POST",
		path: `/v1/jobs/{id}/${verb}`,
		operationId: `${verb}Job`,
		summary: SUMMARIES[verb],
		problems: ["not-found", "state-conflict"],
		async handle(deps, { params }) {
			for (;;) {
				const read = await load(deps, params["id"]);
				const now = deps.clock.now();
				const seen = await countJob(deps.table, read.document.id, now);
				const changed = changeJob(read.document, verb, seen, now);
				if (!changed.ok) {
					throw new Problem("state-conflict", changed.reason, {
						members: { state: read.document.state },
					});
				}
				const stored =
					changed.job === read.document ? read : await deps.jobs.replace(read, changed.job);
				if (!stored) continue;
				if (!hasEnded(stored.document)) await deps.jobInvoker.drive(stored.document.id, now);
				return jobAnswer(deps, stored);
			}
		},
	};
}

/** @throws Problem */
export async function readJob(request: Request) {
	const parsed = parseJob(await readJson(request, MAX_JOB_BYTES));
	if (!parsed.ok) throw new Problem("invalid-request", sentence(parsed.errors), parsed);
	return parsed.value;
}

export async function load({ jobs }: HttpDeps, id = ""): Promise<Stored<Job>> {
	const stored = await jobs.get(id);
	if (!stored) throw new Problem("not-found", `there is no job ${id}`);
	return stored;
}

async function viewOf(deps: HttpDeps, job: Job) {
	const now = deps.clock.now();
	return jobView(job, await countJob(deps.table, job.id, now), now);
}

async function jobAnswer(
	deps: HttpDeps,
	{ document, version }: Stored<Job>,
	status = 200,
	headers: Record<string, string> = {},
): Promise<Response> {
	return json(await viewOf(deps, document), status, { etag: etag(version), ...headers });
}
