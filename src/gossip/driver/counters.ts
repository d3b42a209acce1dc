/** What went through the sockets since the start of the process. The driver's parts count; others read. */
export class DriverCounters {
  packetsIn = 0;
  packetBytesIn = 0;
  packetsOut = 0;
  packetBytesOut = 0;
  /** Not sent, since too many were still with the system, or for want of a key. */
  packetsDropped = 0;
  /** Refused by the system. */
  packetsFailed = 0;
  streamBytesIn = 0;
  streamBytesOut = 0;
  /** Connections that peers opened to us, and those of them that were closed at once because too many were open. */
  streamsAccepted = 0;
  streamsRefused = 0;
  /** Of those accepted: cut, broken or not understood. */
  streamsFailed = 0;
  /** Exchanges that we began, and those of them that failed. */
  requests = 0;
  requestsFailed = 0;
  /** Never begun, since too many of the same kind were under way. */
  requestsDropped = 0;
  /** The timer came later than it should have: the process was busy, or stopped. */
  lateTimers = 0;
}
