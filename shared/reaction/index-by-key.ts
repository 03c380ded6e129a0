import type { DeviceEvent, Reaction } from "./reaction.ts";
import { type Rule, toRule } from "./rule.ts";

const ANY = "*";

/**
 * Reactions found by source, product and identifier: an event looks into four
 * lists, however many reactions there are.
 */
export class ReactionIndex {
	readonly #rules = new Map<string, Rule[]>();

	constructor(reactions: readonly Reaction[]) {
		for (const reaction of reactions) {
			if (!reaction.enabled) continue;
			const { source, productKey, identifier } = reaction.when;
			const key = keyOf(source, productKey, identifier);
			const standing = this.#rules.get(key);
			if (standing) standing.push(toRule(reaction));
			else this.#rules.set(key, [toRule(reaction)]);
		}
	}

	/** Whether any rule looks at the event; at a status also one that waits for the other status. */
	watches(event: DeviceEvent): boolean {
		if (event.source !== "status") return this.matching(event).length > 0;
		return ["online", "offline"].some(
			(identifier) => this.matching({ ...event, identifier }).length > 0,
		);
	}

	/** Rules whose filter the event passes; their conditions have not been looked at. */
	matching(event: DeviceEvent): Rule[] {
		if (this.#rules.size === 0) return [];
		const { source, device, identifier } = event;
		const found: Rule[] = [];
		for (const product of both(device.productKey)) {
			for (const name of both(identifier)) {
				for (const rule of this.#rules.get(keyOf(source, product, name)) ?? []) {
					if (isAbout(rule.reaction, event)) found.push(rule);
				}
			}
		}
		return found;
	}
}

/** Whether the event is of the device that a reaction names, if it names one. */
function isAbout({ when }: Reaction, { device }: DeviceEvent): boolean {
	return (
		(when.deviceName === undefined || when.deviceName === device.deviceName) &&
		(when.iotId === undefined || when.iotId === device.iotId)
	);
}

/** The filter alone, for one reaction. */
export function passesFilter(reaction: Reaction, event: DeviceEvent): boolean {
	const { source, productKey, identifier } = reaction.when;
	return (
		source === event.source &&
		(productKey === undefined || productKey === event.device.productKey) &&
		(identifier === undefined || identifier === event.identifier) &&
		isAbout(reaction, event)
	);
}

const both = (value: string | undefined) =>
	value === undefined ? [undefined] : [value, undefined];
const keyOf = (source: string, product = ANY, identifier = ANY) =>
	JSON.stringify([source, product, identifier]);
