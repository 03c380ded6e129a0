import type { Clock } from "../../shared/clock.ts";
import { ReactionIndex } from "../../shared/reaction/index-by-key.ts";
import type { Reaction } from "../../shared/reaction/reaction.ts";
import type { ReactionStore } from "../../shared/store/reaction-store.ts";

/** A change of a reaction is noticed after this long. */
const LOOK_EVERY_MS = 1_000;
/** All of them are read again after this long in any case: a change may have failed to say that it was one. */
const READ_EVERY_MS = 60_000;

/** The reactions as this instance knows them; of batches that need them at once, one reads. */
export class ReactionBook {
	readonly #store: Pick<ReactionStore, "all" | "revision">;
	readonly #clock: Clock;
	#index = new ReactionIndex([]);
	#revision: string | undefined;
	#lookedAt = Number.NEGATIVE_INFINITY;
	#readAt = Number.NEGATIVE_INFINITY;
	#looking: Promise<void> | undefined;

	constructor(store: Pick<ReactionStore, "all" | "revision">, clock: Clock) {
		this.#store = store;
		this.#clock = clock;
	}

	async current(): Promise<ReactionIndex> {
		if (this.#clock.now() - this.#lookedAt >= LOOK_EVERY_MS) {
			this.#looking ??= this.#look().finally(() => {
				this.#looking = undefined;
			});
			await this.#looking;
		}
		return this.#index;
	}

	async #look(): Promise<void> {
		const now = this.#clock.now();
		// Before the reactions: a change in between is noticed at the next look.
		const revision = await this.#store.revision();
		if (revision !== this.#revision || now - this.#readAt >= READ_EVERY_MS) {
			const all: Reaction[] = [];
			for await (const page of this.#store.all()) all.push(...page.map((one) => one.document));
			this.#index = new ReactionIndex(all);
			this.#revision = revision;
			this.#readAt = now;
		}
		this.#lookedAt = now;
	}
}
