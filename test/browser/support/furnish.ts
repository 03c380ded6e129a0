import type { Command } from "../../../client/src/index.ts";
import type { House } from "./house.ts";

export interface Furniture {
	readonly succeeded: Command;
	readonly failed: Command;
	readonly schedule: string;
	readonly reaction: string;
}

const OFFLINE = "device-404";

/** Something of everything that the API of a first day has. */
export async function furnish(house: House): Promise<Furniture> {
	const { client } = house;
	const light = house.device(0);
	const send = (service: string, deviceName: string, args: object = {}) =>
		client.commands.send({ device: { ...light, deviceName }, service, args }, { wait: 10 });
	const succeeded = await send("Get", light.deviceName);
	const failed = await send("Get", OFFLINE);
	await Promise.all(Array.from({ length: 30 }, () => send("Get", light.deviceName)));
	const schedule = await client.schedules.create({
		name: "weekday mornings",
		when: { cron: "0 7 * * 1-5", timeZone: "Asia/Shanghai" },
		command: { device: light, service: "Set", args: { temperature: 21 } },
	});
	const reaction = await client.reactions.create({
		name: "too warm",
		when: {
			source: "property",
			identifier: "temperature",
			condition: "previous <= 30 && value > 30",
		},
		do: { service: "Set", args: { power: "{% value > 40 ? 2 : 1 %}" } },
	});
	return { succeeded, failed, schedule: schedule.id, reaction: reaction.id };
}
