import { createHash } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Table } from "../table/table.ts";

/** Within this time the same key means the same command. */
const IDEMPOTENCY_WINDOW_MS = 24 * 3_600_000;

export type Claim =
	| { readonly outcome: "first" | "again"; readonly id: string }
	/** The key was used for another request. */
	| { readonly outcome: "conflict"; readonly id: string };

/** Which command, schedule or reaction a key stands for. */
export class IdempotencyStore {
	readonly #table: Table;
	readonly #clock: Clock;

	constructor(table: Table, clock: Clock) {
		this.#table = table;
		this.#clock = clock;
	}

	/** Whoever comes first gives the key its command, or what else is created; all others learn which one it is. */
	async claim(key: string, request: object, candidateId: string): Promise<Claim> {
		const rowKey = [createHash("sha256").update(key).digest("hex")];
		const requestHash = createHash("sha256").update(JSON.stringify(request)).digest("hex");
		const columns = {
			command_id: candidateId,
			request_hash: requestHash,
			expires_at: BigInt(this.#clock.now() + IDEMPOTENCY_WINDOW_MS),
		};
		const row = { key: rowKey, columns };
		// Each failed write means that somebody else wrote meanwhile; that ends after very few of them.
		for (let attempt = 0; attempt < 5; attempt++) {
			if (await this.#table.put("idempotency", row, { row: "absent" })) {
				return { outcome: "first", id: candidateId };
			}
			const standing = await this.#table.get("idempotency", rowKey);
			if (!standing) continue;
			const { command_id: id, expires_at: expiresAt } = standing.columns;
			if (typeof id !== "string" || typeof expiresAt !== "bigint") {
				// Damaged: whose it was, nobody can tell.
				await this.#table.remove("idempotency", rowKey, { row: "any" });
				continue;
			}
			if (Number(expiresAt) > this.#clock.now()) {
				const same = standing.columns["request_hash"] === requestHash;
				return { outcome: same ? "again" : "conflict", id };
			}
			const expired = { row: "present", column: "command_id", equals: id } as const;
			if (await this.#table.put("idempotency", row, expired)) {
				return { outcome: "first", id: candidateId };
			}
		}
		throw new Error("the idempotency row keeps changing");
	}
}
