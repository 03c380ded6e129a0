/** One message that a simulated device has received. */
export interface Received {
	readonly deviceName: string;
	/** The service's identifier; `property/set` for a property setting. */
	readonly service: string;
	readonly callType: "async" | "sync";
	/** The message id of the Alink request. */
	readonly id: string;
	/** The text of `params`, byte for byte. */
	readonly params: string;
	/** Milliseconds since the epoch, by the clock. */
	readonly at: number;
}

interface Reply {
	/** 200 is success; 400, 429, 460 and 100000–110000 are the codes of failures. Default 200. */
	readonly code?: number;
	readonly message?: string;
	/** JSON text; default `{}`. */
	readonly data?: string;
	/** The clock's milliseconds between the message and its answer; default 0. */
	readonly delayMs?: number;
}

/** How a device answers a message: with a reply, or not at all. */
export type Behaviour = (received: Received) => Reply | "silent";

/** The sample product's answers. */
export const answersWell: Behaviour = ({ service, params }) => {
	switch (service) {
		case "Get":
			return { data: '{"temperature":21.5,"power":1}' };
		case "Calibrate":
			return { data: params };
		default:
			return {};
	}
};
