import { compose } from "../../shared/compose.ts";
import { IOT_SETTINGS, QUOTA_SETTINGS } from "../../shared/config.ts";
import { serve } from "../../shared/fc/server.ts";
import { ModelCache } from "../../shared/iot/model-cache.ts";
import { SdkLists } from "../../shared/iot/sdk-lists.ts";
import { maxCallMs, openPlatform } from "../../shared/iot/sdk-platform.ts";
import { capacityOf } from "../../shared/job/capacity.ts";
import { BatchSlots } from "../../shared/quota/batch-slots.ts";
import { SharedQuota } from "../../shared/quota/shared-quota.ts";
import { LiveJobs } from "../../shared/store/live-jobs.ts";
import { createHandler } from "./handler.ts";
import { JobGate } from "./job-gate.ts";
import { Meter } from "./meter.ts";
import { Outage } from "./outage.ts";
import { PLACES, Places } from "./places.ts";

const deps = compose([...IOT_SETTINGS, ...QUOTA_SETTINGS]);
const { settings, clock } = deps;
const limits = {
	perSecond: settings.QUOTA_PER_SECOND,
	share: settings.QUOTA_SHARE,
	maxInstances: settings.QUOTA_INSTANCES,
};
const platform = openPlatform(settings, deps);
const quota = new SharedQuota(limits, deps);

serve(
	{
		handle: createHandler({
			...deps,
			platform,
			lists: new SdkLists(platform),
			models: new ModelCache(platform, clock),
			quota,
			places: new Places(PLACES, clock),
			outage: new Outage(clock),
			slots: new BatchSlots(settings.BATCH_CALLS_PER_SECOND * limits.share, deps),
			batchDevices: settings.BATCH_DEVICES,
			liveJobs: new LiveJobs(deps.jobs, clock),
			gate: new JobGate(deps.jobs, clock),
			meter: new Meter(clock),
			capacity: capacityOf(settings),
			maxCallMs: maxCallMs(settings.SYNC_TIMEOUT_SECONDS * 1000),
		}),
		stop: () => quota.leave(),
	},
	deps,
);
