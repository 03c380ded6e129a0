import type { Clock } from "./clock/clock.ts";

/** What can go wrong on purpose with a request, once it has been found in order. */
export type RequestFault =
	/** Answered with this error, and not carried out. */
	| {
			readonly kind: "error";
			readonly status: number;
			readonly code: string;
			readonly message: string;
	  }
	/** Carried out after this time on the service's clock. */
	| { readonly kind: "stall"; readonly ms: number }
	/** Carried out at once, answered after this time on the service's clock. */
	| { readonly kind: "slow"; readonly ms: number }
	/** Neither carried out nor answered; the connection breaks when the fault ends. */
	| { readonly kind: "hang"; readonly ended: Promise<void> }
	/** Not carried out; the connection breaks. */
	| { readonly kind: "reset" }
	/** Carried out; the connection breaks before the answer, so the client cannot know. */
	| { readonly kind: "lose-answer" }
	/** Carried out; what is answered, with status 200, has no meaning. */
	| { readonly kind: "garble" };

/** Asked for every request with the name of its operation, such as "PutRow". */
export type FaultChooser = (operation: string) => RequestFault | undefined;

export const noFault: FaultChooser = () => undefined;

/** Stands for an answer that never comes. */
export const BROKEN = Symbol("connection broken");
/** Stands for `GARBAGE`. */
export const GARBLED = Symbol("answer garbled");

/** Neither JSON nor XML nor a message of protocol buffers. */
export const GARBAGE = Buffer.from([0xff, 0x00, 0x3c, 0x7b, 0xfe, 0x9d, 0x07, 0xc3, 0x28, 0x5b]);

/** Carries a request out as far as the fault lets it. The error of a fault is for the caller to throw. */
export async function underFault<T>(
	fault: Exclude<RequestFault, { kind: "error" }> | undefined,
	clock: Clock,
	carryOut: () => T | Promise<T>,
): Promise<T | typeof BROKEN | typeof GARBLED> {
	switch (fault?.kind) {
		case undefined:
			return carryOut();
		case "stall":
			await clock.sleep(fault.ms);
			return carryOut();
		case "slow": {
			const answer = await carryOut();
			await clock.sleep(fault.ms);
			return answer;
		}
		case "hang":
			await fault.ended;
			return BROKEN;
		case "reset":
			return BROKEN;
		case "lose-answer":
			await carryOut();
			return BROKEN;
		case "garble":
			await carryOut();
			return GARBLED;
	}
}
