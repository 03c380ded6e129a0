import type { Clock } from "../../shared/clock.ts";
import type { JobInvoker } from "../../shared/fc/job-invoker.ts";
import type { JobStore } from "../../shared/store/job-store.ts";

export interface JobsDeps {
	readonly jobs: JobStore;
	readonly jobInvoker: JobInvoker;
	readonly clock: Clock;
}

/**
 * Has jobs looked at whose driver was lost, or whose time has come.
 * @returns how many.
 */
export async function wakeJobs({ jobs, jobInvoker, clock }: JobsDeps): Promise<number> {
	let woken = 0;
	const now = clock.now();
	for await (const page of jobs.due(now)) {
		const due = page.filter(({ document }) => (document.lookAt ?? Number.POSITIVE_INFINITY) <= now);
		await Promise.all(due.map(({ document }) => jobInvoker.drive(document.id, now)));
		woken += due.length;
	}
	return woken;
}
