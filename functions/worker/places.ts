import type { Clock } from "../../shared/clock.ts";
import type { Lane } from "../../shared/command/command.ts";

/** How many calls may be under way at once, in all and for one product or device. */
export interface PlaceLimits {
	readonly total: number;
	readonly perProduct: number;
	readonly perDevice: number;
}

/**
 * 500 calls a second to devices that do not answer for 5 s are 2,500 at once,
 * shared by a few instances. One product takes half of the places at most, and
 * one device a few.
 */
export const PLACES: PlaceLimits = { total: 2_000, perProduct: 1_000, perDevice: 32 };

interface Waiting {
	readonly product: string;
	readonly lane: Lane;
	readonly start: () => void;
}

/**
 * The calls under way in this process. Whoever finds no place waits, and holds
 * up only those who wait for the same device or product. Devices take turns, and
 * a device's interactive commands go before its others.
 */
export class Places {
	readonly #limits: PlaceLimits;
	readonly #clock: Clock;
	readonly #ofDevice = new Map<string, number>();
	readonly #ofProduct = new Map<string, number>();
	/** Who waits for a place, by device; the device that was served last is the last one. */
	readonly #waiting = new Map<string, Waiting[]>();
	#total = 0;

	constructor(limits: PlaceLimits, clock: Clock) {
		this.#limits = limits;
		this.#clock = clock;
	}

	/**
	 * Waits for a place.
	 * @param until gives up at this time, in milliseconds since the epoch.
	 * @returns the function that gives the place back; undefined if there was none in time.
	 */
	async take(
		{ device, product, lane }: { device: string; product: string; lane: Lane },
		until: number,
	): Promise<(() => void) | undefined> {
		const inTurn = this.#waiting.has(device) || !this.#isFree(device, product);
		if (!inTurn) this.#count(device, product, 1);
		else if (!(await this.#wait(device, { product, lane }, until))) return undefined;
		let released = false;
		return () => {
			if (released) return;
			released = true;
			this.#count(device, product, -1);
			this.#startNext();
		};
	}

	#wait(device: string, who: Omit<Waiting, "start">, until: number): Promise<boolean> {
		return new Promise((resolve) => {
			const start = () => {
				cancel();
				resolve(true);
			};
			const waiting: Waiting = { ...who, start };
			const cancel = this.#clock.after(Math.max(0, until - this.#clock.now()), () => {
				this.#leave(device, waiting);
				resolve(false);
			});
			const queue = this.#waiting.get(device) ?? [];
			this.#waiting.set(device, queue);
			const behind = queue.findIndex(({ lane }) => lane === "bulk");
			if (who.lane === "bulk" || behind < 0) queue.push(waiting);
			else queue.splice(behind, 0, waiting);
		});
	}

	#leave(device: string, waiting: Waiting): void {
		const queue = this.#waiting.get(device)?.filter((other) => other !== waiting) ?? [];
		if (queue.length > 0) this.#waiting.set(device, queue);
		else this.#waiting.delete(device);
	}

	/** One place became free: it goes to the first device that may have it. */
	#startNext(): void {
		for (const [device, [next, ...others]] of this.#waiting) {
			if (!next || !this.#isFree(device, next.product)) continue;
			this.#waiting.delete(device);
			if (others.length > 0) this.#waiting.set(device, others);
			this.#count(device, next.product, 1);
			next.start();
			return;
		}
	}

	#isFree(device: string, product: string): boolean {
		return (
			this.#total < this.#limits.total &&
			(this.#ofDevice.get(device) ?? 0) < this.#limits.perDevice &&
			(this.#ofProduct.get(product) ?? 0) < this.#limits.perProduct
		);
	}

	#count(device: string, product: string, change: 1 | -1): void {
		this.#total += change;
		add(this.#ofDevice, device, change);
		add(this.#ofProduct, product, change);
	}
}

function add(counts: Map<string, number>, key: string, change: number): void {
	const count = (counts.get(key) ?? 0) + change;
	if (count > 0) counts.set(key, count);
	else counts.delete(key);
}
