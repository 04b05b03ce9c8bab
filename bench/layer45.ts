/**
 * What customizing costs, beside the same without, in the same run. Both ends of every flow are on this one machine.
 *
 *   layer45.dns.tapped .customized       1,000 digs, each a process: median ms of one; ratio = without / with (layer-4.5 figure 3.3)
 *   layer45.udp.rate.tapped .customized  queries a second that dnsmasq answers, 32 under way at a time; ratio = with / without
 *   layer45.udp.p50.… .p99.…             µs that one query takes while no other is under way; ratio = without / with
 *
 *   layer45.http.gigabit .unshaped       seconds that curl takes for 2.5 GB (20 s) or 400 MB from nginx on another host; ratio = untouched / customized
 *   layer45.https.gigabit .unshaped      the same with TLS
 *   layer45.http.unshaped.splice …       beside a relay in C that moves the bytes by splice(2); ratio = relayed / customized
 *
 * Tapped: the module (dns-tag-front) sees the messages and is deactivated. Customized: it puts a tag on each query and takes it off.
 */
import { isAsked } from "./asked.ts";
import { measureDigs, measureLoad } from "./layer45/dns.ts";
import { measureWeb } from "./layer45/web.ts";

if (isAsked("layer45.dns")) await measureDigs();
if (isAsked("layer45.udp")) await measureLoad();
if (isAsked("layer45.http") || isAsked("layer45.https")) await measureWeb();
