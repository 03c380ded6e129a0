import type { Clock } from "../../shared/clock.ts";
import { deviceKeys } from "../../shared/command/device.ts";
import type { DeviceEvent } from "../../shared/reaction/reaction.ts";
import type { ReactionStateStore } from "../../shared/store/reaction-state-store.ts";
import type { Content } from "./classify.ts";
import { MAX_STAMP_DISTANCE_MS, statusOrder } from "./platform-time.ts";

/**
 * Whether a newer status of the device is known: messages overtake one another,
 * and what is no longer true must cause nothing. Notes this one otherwise.
 */
export async function isOutdated(
	{ reactionState, clock }: { reactionState: ReactionStateStore; clock: Clock },
	content: Content,
	event: DeviceEvent | undefined,
): Promise<boolean> {
	if (content.kind !== "status" || !event) return false;
	const order = statusOrder(content.body);
	if (order === undefined || order > clock.now() + MAX_STAMP_DISTANCE_MS) return false;
	const key = deviceKeys(event.device)[0] ?? "";
	for (;;) {
		const known = await reactionState.lastStatus(key);
		if (known?.eventId === event.id) return false;
		if (known && known.order > order) return true;
		const status = { order, eventId: event.id };
		if (await reactionState.setLastStatus(key, status, known)) return false;
	}
}
