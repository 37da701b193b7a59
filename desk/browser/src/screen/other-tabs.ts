/**
 * Tabs of one browser share a session. The page that says farewell tells the others to
 * look; what comes over the channel is no proof of anything, so each asks the desk itself.
 */
const CHANNEL = "signal-desk.session";

export function tellOtherTabs(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(null);
  channel.close();
}

export function whenSessionsEnd(look: () => void): void {
  new BroadcastChannel(CHANNEL).addEventListener("message", look);
}
