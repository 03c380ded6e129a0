import type { Route } from "../route.ts";
import { auditRoutes } from "./audit.ts";
import { commandCountRoutes } from "./command-counts.ts";
import { commandRoutes } from "./commands.ts";
import { consoleRoutes } from "./console.ts";
import { deadLetterRoutes } from "./dead-letters.ts";
import { deviceRoutes } from "./devices.ts";
import { jobRoutes } from "./jobs.ts";
import { keyRoutes } from "./keys.ts";
import { operationRoutes } from "./operations.ts";
import { quotaRoutes } from "./quota.ts";
import { reactionRoutes } from "./reactions.ts";
import { scheduleRoutes } from "./schedules.ts";
import { serviceRoutes } from "./service.ts";

/** Every route of the API: what it serves, its document and the table of docs/api.md are made from this list. */
export const ROUTES: readonly Route[] = [
	...commandRoutes,
	...commandCountRoutes,
	...operationRoutes,
	...deadLetterRoutes,
	...scheduleRoutes,
	...reactionRoutes,
	...jobRoutes,
	...deviceRoutes,
	...quotaRoutes,
	...keyRoutes,
	...auditRoutes,
	...serviceRoutes,
	...consoleRoutes,
];
