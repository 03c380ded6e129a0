import type { Fleet } from "../devices/index.ts";
import { FaultRefused } from "./board.ts";
import { type FaultKind, kind, parameters } from "./kind.ts";

const { device, seconds } = parameters;

export function deviceFaults(fleet: Fleet): FaultKind[] {
	const concerned = (name: string | undefined) => {
		if (name === undefined) return fleet.devices;
		const found = fleet.devices.filter(({ identity }) => identity.deviceName === name);
		if (found.length > 0) return found;
		const known = fleet.devices.map(({ identity }) => identity.deviceName).join(", ");
		throw new FaultRefused(`there is no simulated device "${name}"; there are: ${known}`);
	};
	return [
		kind(
			"silence devices",
			"simulated devices take messages and do not answer",
			{ device, seconds },
			(given) => {
				const silenced = concerned(given.device).map((target) => ({
					target,
					before: target.behaviour,
				}));
				for (const { target } of silenced) target.behaviour = () => "silent";
				return {
					detail: `silent devices: ${silenced.length}`,
					seconds: given.seconds,
					end: () => {
						for (const { target, before } of silenced) target.behaviour = before;
					},
				};
			},
		),
		kind(
			"unplug devices",
			"simulated devices go offline, and online again when it ends",
			{ device, seconds },
			async (given) => {
				const unplugged = concerned(given.device);
				await Promise.all(unplugged.map((target) => target.goOffline()));
				return {
					detail: `devices taken offline: ${unplugged.length}`,
					seconds: given.seconds,
					end: () => {
						for (const target of unplugged) void target.goOnline();
					},
				};
			},
		),
	];
}
