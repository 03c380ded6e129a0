import type { Clock } from "./clock.ts";

/**
 * The promise's result, or `late()`'s error if it takes longer than `ms`.
 * For calls of libraries whose own timeouts do not cover every way to hang.
 */
export async function withDeadline<T>(
	clock: Clock,
	ms: number,
	promise: Promise<T>,
	late: () => Error,
): Promise<T> {
	let cancel = () => {};
	const deadline = new Promise<never>((_, reject) => {
		cancel = clock.after(ms, () => reject(late()));
	});
	try {
		return await Promise.race([promise, deadline]);
	} finally {
		cancel();
	}
}
