import type { ComponentType } from "preact";
import type { Route } from "../hooks/route.ts";
import { AuditView } from "../views/audit.tsx";
import { CommandView } from "../views/command/command.tsx";
import { CommandsView } from "../views/commands/commands.tsx";
import { DeadLettersView, DeadLetterView } from "../views/dead-letters.tsx";
import { DeviceView } from "../views/devices/device.tsx";
import { DevicesView } from "../views/devices/devices.tsx";
import { JobView } from "../views/jobs/job.tsx";
import { JobsView } from "../views/jobs/jobs.tsx";
import { KeysView } from "../views/keys/keys.tsx";
import { QuotaView } from "../views/quota/quota.tsx";
import { ReactionView } from "../views/reactions/reaction.tsx";
import { ReactionsView } from "../views/reactions/reactions.tsx";
import { CalendarView } from "../views/schedules/calendar.tsx";
import { ScheduleView } from "../views/schedules/schedule.tsx";
import { SchedulesView } from "../views/schedules/schedules.tsx";

interface ViewProps {
	readonly route: Route;
}

interface Area {
	readonly name: string;
	readonly label: string;
	/** After `g`. */
	readonly key: string;
	readonly list: ComponentType<ViewProps>;
	/** Of one thing, named by what follows in the path. */
	readonly one?: ComponentType<ViewProps>;
}

/** Every view there is; the first is shown first. */
export const AREAS: readonly Area[] = [
	{ name: "commands", label: "Commands", key: "c", list: CommandsView, one: CommandView },
	{ name: "devices", label: "Devices", key: "d", list: DevicesView, one: DeviceView },
	{ name: "jobs", label: "Jobs", key: "j", list: JobsView, one: JobView },
	{ name: "schedules", label: "Schedules", key: "s", list: SchedulesView, one: ScheduleView },
	{ name: "calendar", label: "Calendar", key: "w", list: CalendarView },
	{ name: "reactions", label: "Reactions", key: "r", list: ReactionsView, one: ReactionView },
	{ name: "quota", label: "Quota", key: "q", list: QuotaView },
	{
		name: "dead-letters",
		label: "Dead letters",
		key: "l",
		list: DeadLettersView,
		one: DeadLetterView,
	},
	{ name: "keys", label: "Keys", key: "k", list: KeysView },
	{ name: "audit", label: "Audit", key: "a", list: AuditView },
];
