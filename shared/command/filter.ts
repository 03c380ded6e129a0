import * as z from "../zod.ts";
import { type Command, commandSchema } from "./command.ts";
import { deviceKey, isOfProducts } from "./device.ts";
import { STATES } from "./state.ts";

const optional = z.exactOptional;

/** Which commands a list or a bulk operation is about; what is absent matches all. */
export const filterSchema = z.object({
	/** Keys of one device, each of its names. */
	deviceKeys: optional(z.array(z.string())),
	states: optional(z.array(z.enum(STATES))),
	/** Accepted at this time or later, in milliseconds since the epoch. */
	since: optional(z.number()),
	/** Accepted before this time. */
	until: optional(z.number()),
	service: optional(z.string()),
	/** Code of the command's error. */
	code: optional(z.string()),
	source: optional(commandSchema.shape.source.shape.type),
	schedule: optional(z.string()),
	job: optional(z.string()),
	productKey: optional(z.string()),
	/** Only commands to devices of these products: what a limited key may see. */
	products: optional(z.array(z.string())),
});

export type CommandFilter = Readonly<z.infer<typeof filterSchema>>;

export function matches(filter: CommandFilter, command: Command): boolean {
	const { deviceKeys, states, since, until, service, code } = filter;
	const { source, schedule, job, productKey, products } = filter;
	return (
		(!deviceKeys || deviceKeys.includes(deviceKey(command.device))) &&
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
