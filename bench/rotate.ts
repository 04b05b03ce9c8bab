/**
 * Rotations under load, each of four between two customizations, on the two hosts of a lab with the real engine.
 *
 * DNS at 2,000 queries a second from a client to dnsmasq, in the lab of `examples/dns-dialect`:
 *
 *   rotate.answered       part of the queries that was answered rightly; aim: all. On a machine that has too little time for all of
 *                         it, sockets overflow whether there is a rotation or not: how many datagrams the kernels of both hosts
 *                         dropped for that is said
 *   rotate.p50 .p99       time of a query in microseconds; baseline: of the same load, customized, with no rotation
 *   rotate.whole          median of the rotations in milliseconds; baseline: the same rotations with no load
 *   rotate.deployReceivers .deploySenders .preferReceivers .preferSenders   the same of its steps
 *
 * Three downloads by curl at once, of 150 MB each over a link of 200 Mbit/s, with all rotations in mid-download:
 *
 *   rotate.http.resets    established connections that were reset, as the kernels of both hosts count them; aim: none
 *   rotate.http.hash      part of the downloads that ended with the SHA-256 of what is served; aim: all
 *   rotate.http.whole and its steps, as above
 */
import { isAsked } from "./asked.ts";
import { measureDns } from "./rotate/dns.ts";
import { measureWeb } from "./rotate/web.ts";

// The figures of DNS have no group of their own.
if (!isAsked("rotate.http") || isAsked("rotate.whole")) await measureDns();
if (isAsked("rotate.http")) await measureWeb();
