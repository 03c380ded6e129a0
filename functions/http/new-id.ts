import { newId as freshId } from "../../shared/ids.ts";
import type { HttpDeps } from "./deps.ts";
import { idempotencyKey } from "./headers.ts";
import { Problem } from "./problem.ts";

/**
 * An id for something that a request creates. The same `Idempotency-Key` gives
 * the same id, so that a request which is repeated creates one thing.
 *
 * @throws Problem if the key was used with another body.
 */
export async function newId(
	deps: Pick<HttpDeps, "clock" | "random" | "idempotency">,
	request: Request,
	kind: "schedule" | "reaction",
	body: object,
): Promise<string> {
	const candidate = freshId(deps.clock.now(), deps.random);
	const key = idempotencyKey(request.headers);
	if (key === undefined) return candidate;
	const claim = await deps.idempotency.claim(JSON.stringify([kind, key]), body, candidate);
	if (claim.outcome !== "conflict") return claim.id;
	throw new Problem(
		"idempotency-conflict",
		`the key was first used, with another body, for ${kind} ${claim.id}`,
	);
}
