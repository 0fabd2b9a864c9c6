/** Who can follow a link to the viewers' page, and what to set where no phone can. No DOM here. */
const THIS_MACHINE = /^(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/;
const NETWORK =
  /^(10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.|^\[f[cde]|\.(local|lan|home\.arpa|internal)$|^[^.:]+$/;

/** Who can: only this "machine", the "network" that it is in, or "everybody". */
export function reachOf(link) {
  const { hostname } = new URL(link);
  if (THIS_MACHINE.test(hostname)) return "machine";
  return NETWORK.test(hostname) ? "network" : "everybody";
}

/** What to set in `.env`, each `[name, value]`. `port` is that of the page that says so. */
export function remedyOf({ room_id: roomId, web_url: webUrl, ws_url: wsUrl }, home) {
  const web = new URL(webUrl);
  const isOwn = web.pathname === `/play/${roomId}` && web.port === home.port;
  if (isOwn) return [["PUBLIC_API_URL", reachable(home)], ["PUBLIC_WS_URL", reachable(new URL(wsUrl))]];
  const page = `${reachable(web)}${web.pathname}${web.search}`.replaceAll(roomId, "{room_id}");
  return [["WEB_URL", page], ["FRONTEND_URL", reachable(web)]];
}

/** An origin by the address that the network has for this machine. */
const reachable = ({ protocol, port }) => `${protocol}//192.168.x.y${port && `:${port}`}`;
