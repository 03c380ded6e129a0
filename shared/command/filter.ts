import type { Command } from "./command.ts";
import { isOfProducts } from "./device.ts";
import type { State } from "./state.ts";

/** Which commands a list or a bulk operation is about; what is absent matches all. */
export interface CommandFilter {
	/** Keys of one device. */
	readonly deviceKeys?: readonly string[];
	readonly states?: readonly State[];
	/** Accepted at this time or later, in milliseconds since the epoch. */
	readonly since?: number;
	/** Accepted before this time. */
	readonly until?: number;
	readonly service?: string;
	/** Code of the command's error. */
	readonly code?: string;
	readonly source?: Command["source"]["type"];
	readonly schedule?: string;
	readonly job?: string;
	readonly productKey?: string;
	/** Only commands to devices of these products: what a limited key may see. */
	readonly products?: readonly string[];
}

/** Whether a command passes the filter; the device is left to whoever knows all its names. */
export function matches(filter: CommandFilter, command: Command): boolean {
	const { states, since, until, service, code, source, schedule, job, productKey, products } =
		filter;
	return (
		(!states || states.includes(command.state)) &&
		(since === undefined || command.createdAt >= since) &&
		(until === undefined || command.createdAt < until) &&
		(service === undefined || command.service === service) &&
		(code === undefined || command.error?.code === code) &&
		(source === undefined || command.source.type === source) &&
		(schedule === undefined || command.source.schedule === schedule) &&
		(job === undefined || command.source.job === job) &&
		(productKey === undefined || command.device.productKey === productKey) &&
		(products === undefined || isOfProducts(command.device, products))
	);
}
