import { cancel } from "../../../shared/lifecycle/cancel.ts";
import { jobCommandIds } from "../../../shared/store/job-commands.ts";
import type { WorkerDeps } from "../deps.ts";

const CANCELED = { code: "JobCanceled", message: "its job was canceled before it was sent" };

/** Cancels the job's commands that are not sent; those under way end by themselves. */
export async function cancelUnsent(deps: WorkerDeps, jobId: string): Promise<void> {
	const isUnsent = ({ state }: { readonly state: string }) =>
		state === "accepted" || state === "waiting";
	for await (const ids of jobCommandIds(deps.table, jobId, isUnsent)) {
		await Promise.all(ids.map((id) => cancel(deps, id, CANCELED)));
	}
}
