import type { Clock } from "../../../shared/clock.ts";
import { newId } from "../../../shared/ids.ts";
import type { Log } from "../../../shared/log.ts";
import type { AuditEntry, AuditStore } from "../../../shared/store/audit-store.ts";

/** What an answer waits for its entry: a batch of writes normally takes much less. */
const RECORD_WITHIN_MS = 500;

interface TrailDeps {
	readonly audit: AuditStore;
	readonly clock: Clock;
	readonly random: () => number;
	readonly log: Log;
}

/**
 * Writes down who changed what. The change is done by then and stays done: an
 * entry that cannot be written is a line of the log instead.
 */
export async function record(deps: TrailDeps, entry: Omit<AuditEntry, "id">): Promise<void> {
	const { audit, clock, random, log } = deps;
	const document = { ...entry, id: newId(entry.at, random) };
	const written = audit.create(document).then(
		() => {},
		(error: Error) => log.error("the audit lacks an entry", { ...document, error: error.message }),
	);
	// The function may be frozen once it has answered, so the answer waits, but not for long.
	await new Promise<void>((resolve) => {
		const cancel = clock.after(RECORD_WITHIN_MS, resolve);
		void written.finally(() => {
			cancel();
			resolve();
		});
	});
}
