import type { CommandRequest } from "./command.ts";

/** What was asked for, without what became of it: the same once more is a new command. */
export function requestOf(command: CommandRequest): CommandRequest {
	const { device, service, args, argsForm, expiresIn, replyTimeout } = command;
	const { onUnknown, whenOffline, lane, qos, order } = command;
	return {
		device,
		service,
		args,
		argsForm,
		expiresIn,
		replyTimeout,
		onUnknown,
		whenOffline,
		lane,
		qos,
		...(order === undefined ? {} : { order }),
	};
}
