// @ts-nocheck
// Generated from schemas/kinds/ by `npm run generate`. Do not edit.
"use strict";
export const Check = validate10;
const schema11 = {"$id":"https://netloom.dev/schemas/check.json","title":"Check","description":"What `netloom lab test` does and expects; read by nothing else and never sent to a fleet.","type":"object","additionalProperties":false,"required":["apiVersion","kind","metadata","spec"],"properties":{"apiVersion":{"$ref":"pieces.json#/$defs/apiVersion"},"kind":{"type":"string","enum":["Check"]},"metadata":{"$ref":"pieces.json#/$defs/metadata"},"spec":{"type":"object","additionalProperties":false,"required":["host","run"],"properties":{"host":{"$ref":"pieces.json#/$defs/name"},"given":{"description":"Brought about before the command runs.","type":"object","additionalProperties":false,"default":{},"properties":{"asleep":{"$ref":"#/$defs/hostNames"},"awake":{"$ref":"#/$defs/hostNames"}}},"run":{"description":"Program and arguments.","type":"array","minItems":1,"maxItems":64,"items":{"type":"string","maxLength":4096}},"stdin":{"type":"string","maxLength":65536},"expect":{"type":"object","additionalProperties":false,"default":{},"properties":{"exit":{"type":"integer","minimum":0,"maximum":255,"default":0},"stdout":{"$ref":"#/$defs/checkText"},"stderr":{"$ref":"#/$defs/checkText"},"asleep":{"$ref":"#/$defs/hostNames"},"awake":{"$ref":"#/$defs/hostNames"}}},"deadline":{"$ref":"pieces.json#/$defs/duration","description":"For the command, or for all its repetitions.","default":"30s"},"eventually":{"description":"Run it again until it is as expected or the deadline is over.","type":"boolean","default":false},"after":{"description":"Names of Checks that come first; otherwise Checks run in order of their names.","type":"array","maxItems":64,"items":{"$ref":"pieces.json#/$defs/name"}}}}},"$defs":{"hostNames":{"type":"array","maxItems":256,"items":{"$ref":"pieces.json#/$defs/name"}},"checkText":{"description":"All that is given must hold.","type":"object","additionalProperties":false,"properties":{"equals":{"type":"string","maxLength":65536},"contains":{"type":"string","maxLength":65536},"matches":{"description":"A JavaScript regular expression, multi-line.","type":"string","maxLength":4096},"lacks":{"type":"string","maxLength":65536}}}}};
const schema13 = {"type":"string","enum":["netloom.dev/v1alpha1"]};
const schema15 = {"description":"A DNS label (RFC 1123).","type":"string","minLength":1,"maxLength":63,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"};
const schema23 = {"description":"All that is given must hold.","type":"object","additionalProperties":false,"properties":{"equals":{"type":"string","maxLength":65536},"contains":{"type":"string","maxLength":65536},"matches":{"description":"A JavaScript regular expression, multi-line.","type":"string","maxLength":4096},"lacks":{"type":"string","maxLength":65536}}};
const schema25 = {"description":"Numbers with units ms, s, m, h, d: \"20s\", \"1h30m\".","type":"string","maxLength":32,"pattern":"^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"};
const schema14 = {"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"$ref":"#/$defs/name"},"namespace":{"$ref":"#/$defs/name","description":"Names are unique, and selectors look for hosts, within a namespace.","default":"default"},"labels":{"$ref":"#/$defs/labels"},"annotations":{"type":"object","maxProperties":64,"additionalProperties":{"type":"string","maxLength":65536}}}};
const pattern0 = new RegExp("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "u");
const schema17 = {"type":"object","maxProperties":64,"propertyNames":{"$ref":"#/$defs/labelKey"},"additionalProperties":{"$ref":"#/$defs/labelValue"}};
const schema18 = {"type":"string","minLength":1,"maxLength":317,"pattern":"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$","description":"A name, after an optional DNS prefix and a slash."};
const schema19 = {"type":"string","maxLength":63,"pattern":"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$","description":"At most 63 letters, digits, \"-\", \"_\", \".\"; a letter or digit first and last."};
const pattern2 = new RegExp("^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$", "u");
const pattern3 = new RegExp("^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$", "u");

function validate13(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(Object.keys(data).length > 64){
const err0 = {instancePath,schemaPath:"#/maxProperties",keyword:"maxProperties",params:{limit: 64}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
const _errs1 = errors;
if(typeof key0 === "string"){
if(key0.length > 317){
const err1 = {instancePath,schemaPath:"#/$defs/labelKey/maxLength",keyword:"maxLength",params:{limit: 317},propertyName:key0};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(key0.length < 1){
const err2 = {instancePath,schemaPath:"#/$defs/labelKey/minLength",keyword:"minLength",params:{limit: 1},propertyName:key0};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(!pattern2.test(key0)){
const err3 = {instancePath,schemaPath:"#/$defs/labelKey/pattern",keyword:"pattern",params:{pattern: "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"},propertyName:key0};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath,schemaPath:"#/$defs/labelKey/type",keyword:"type",params:{type: "string"},propertyName:key0};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
var valid0 = _errs1 === errors;
if(!valid0){
const err5 = {instancePath,schemaPath:"#/propertyNames",keyword:"propertyNames",params:{propertyName: key0}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
for(const key1 in data){
let data0 = data[key1];
if(typeof data0 === "string"){
if(data0.length > 63){
const err6 = {instancePath:instancePath+"/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/labelValue/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(!pattern3.test(data0)){
const err7 = {instancePath:instancePath+"/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/labelValue/pattern",keyword:"pattern",params:{pattern: "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/$defs/labelValue/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
else {
const err9 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
validate13.errors = vErrors;
return errors === 0;
}


function validate12(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.namespace === undefined){
data.namespace = "default";
}
if(data.name === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "name") || (key0 === "namespace")) || (key0 === "labels")) || (key0 === "annotations"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(data0.length > 63){
const err2 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0.length < 1){
const err3 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!pattern0.test(data0)){
const err4 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
let data1 = data.namespace;
if(typeof data1 === "string"){
if(data1.length > 63){
const err6 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data1.length < 1){
const err7 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!pattern0.test(data1)){
const err8 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.labels !== undefined){
if(!(validate13(data.labels, {instancePath:instancePath+"/labels",parentData:data,parentDataProperty:"labels",rootData}))){
vErrors = vErrors === null ? validate13.errors : vErrors.concat(validate13.errors);
errors = vErrors.length;
}
}
if(data.annotations !== undefined){
let data3 = data.annotations;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(Object.keys(data3).length > 64){
const err10 = {instancePath:instancePath+"/annotations",schemaPath:"#/properties/annotations/maxProperties",keyword:"maxProperties",params:{limit: 64}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
for(const key1 in data3){
let data4 = data3[key1];
if(typeof data4 === "string"){
if(data4.length > 65536){
const err11 = {instancePath:instancePath+"/annotations/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/annotations/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 65536}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/annotations/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/annotations/additionalProperties/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
else {
const err13 = {instancePath:instancePath+"/annotations",schemaPath:"#/properties/annotations/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
validate12.errors = vErrors;
return errors === 0;
}

const schema21 = {"type":"array","maxItems":256,"items":{"$ref":"pieces.json#/$defs/name"}};

function validate16(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(Array.isArray(data)){
if(data.length > 256){
const err0 = {instancePath,schemaPath:"#/maxItems",keyword:"maxItems",params:{limit: 256}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
if(typeof data0 === "string"){
if(data0.length > 63){
const err1 = {instancePath:instancePath+"/" + i0,schemaPath:"pieces.json#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data0.length < 1){
const err2 = {instancePath:instancePath+"/" + i0,schemaPath:"pieces.json#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(!pattern0.test(data0)){
const err3 = {instancePath:instancePath+"/" + i0,schemaPath:"pieces.json#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/" + i0,schemaPath:"pieces.json#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
}
else {
const err5 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
validate16.errors = vErrors;
return errors === 0;
}

const pattern6 = new RegExp("^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$", "u");

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="https://netloom.dev/schemas/check.json" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.apiVersion === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "apiVersion"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.kind === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.metadata === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "metadata"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.spec === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "spec"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "apiVersion") || (key0 === "kind")) || (key0 === "metadata")) || (key0 === "spec"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if(typeof data0 !== "string"){
const err5 = {instancePath:instancePath+"/apiVersion",schemaPath:"pieces.json#/$defs/apiVersion/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!(data0 === "netloom.dev/v1alpha1")){
const err6 = {instancePath:instancePath+"/apiVersion",schemaPath:"pieces.json#/$defs/apiVersion/enum",keyword:"enum",params:{allowedValues: schema13.enum}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if(typeof data1 !== "string"){
const err7 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!(data1 === "Check")){
const err8 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/enum",keyword:"enum",params:{allowedValues: schema11.properties.kind.enum}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.metadata !== undefined){
if(!(validate12(data.metadata, {instancePath:instancePath+"/metadata",parentData:data,parentDataProperty:"metadata",rootData}))){
vErrors = vErrors === null ? validate12.errors : vErrors.concat(validate12.errors);
errors = vErrors.length;
}
}
if(data.spec !== undefined){
let data3 = data.spec;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.given === undefined){
data3.given = {};
}
if(data3.expect === undefined){
data3.expect = {};
}
if(data3.deadline === undefined){
data3.deadline = "30s";
}
if(data3.eventually === undefined){
data3.eventually = false;
}
if(data3.host === undefined){
const err9 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "host"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data3.run === undefined){
const err10 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "run"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
for(const key1 in data3){
if(!((((((((key1 === "host") || (key1 === "given")) || (key1 === "run")) || (key1 === "stdin")) || (key1 === "expect")) || (key1 === "deadline")) || (key1 === "eventually")) || (key1 === "after"))){
const err11 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data3.host !== undefined){
let data4 = data3.host;
if(typeof data4 === "string"){
if(data4.length > 63){
const err12 = {instancePath:instancePath+"/spec/host",schemaPath:"pieces.json#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data4.length < 1){
const err13 = {instancePath:instancePath+"/spec/host",schemaPath:"pieces.json#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(!pattern0.test(data4)){
const err14 = {instancePath:instancePath+"/spec/host",schemaPath:"pieces.json#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
else {
const err15 = {instancePath:instancePath+"/spec/host",schemaPath:"pieces.json#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
let data5 = data3.given;
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
for(const key2 in data5){
if(!((key2 === "asleep") || (key2 === "awake"))){
const err16 = {instancePath:instancePath+"/spec/given",schemaPath:"#/properties/spec/properties/given/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data5.asleep !== undefined){
if(!(validate16(data5.asleep, {instancePath:instancePath+"/spec/given/asleep",parentData:data5,parentDataProperty:"asleep",rootData}))){
vErrors = vErrors === null ? validate16.errors : vErrors.concat(validate16.errors);
errors = vErrors.length;
}
}
if(data5.awake !== undefined){
if(!(validate16(data5.awake, {instancePath:instancePath+"/spec/given/awake",parentData:data5,parentDataProperty:"awake",rootData}))){
vErrors = vErrors === null ? validate16.errors : vErrors.concat(validate16.errors);
errors = vErrors.length;
}
}
}
else {
const err17 = {instancePath:instancePath+"/spec/given",schemaPath:"#/properties/spec/properties/given/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data3.run !== undefined){
let data8 = data3.run;
if(Array.isArray(data8)){
if(data8.length > 64){
const err18 = {instancePath:instancePath+"/spec/run",schemaPath:"#/properties/spec/properties/run/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data8.length < 1){
const err19 = {instancePath:instancePath+"/spec/run",schemaPath:"#/properties/spec/properties/run/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
const len0 = data8.length;
for(let i0=0; i0<len0; i0++){
let data9 = data8[i0];
if(typeof data9 === "string"){
if(data9.length > 4096){
const err20 = {instancePath:instancePath+"/spec/run/" + i0,schemaPath:"#/properties/spec/properties/run/items/maxLength",keyword:"maxLength",params:{limit: 4096}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
else {
const err21 = {instancePath:instancePath+"/spec/run/" + i0,schemaPath:"#/properties/spec/properties/run/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
else {
const err22 = {instancePath:instancePath+"/spec/run",schemaPath:"#/properties/spec/properties/run/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data3.stdin !== undefined){
let data10 = data3.stdin;
if(typeof data10 === "string"){
if(data10.length > 65536){
const err23 = {instancePath:instancePath+"/spec/stdin",schemaPath:"#/properties/spec/properties/stdin/maxLength",keyword:"maxLength",params:{limit: 65536}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
else {
const err24 = {instancePath:instancePath+"/spec/stdin",schemaPath:"#/properties/spec/properties/stdin/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
let data11 = data3.expect;
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
if(data11.exit === undefined){
data11.exit = 0;
}
for(const key3 in data11){
if(!(((((key3 === "exit") || (key3 === "stdout")) || (key3 === "stderr")) || (key3 === "asleep")) || (key3 === "awake"))){
const err25 = {instancePath:instancePath+"/spec/expect",schemaPath:"#/properties/spec/properties/expect/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
let data12 = data11.exit;
if(!(((typeof data12 == "number") && (!(data12 % 1) && !isNaN(data12))) && (isFinite(data12)))){
const err26 = {instancePath:instancePath+"/spec/expect/exit",schemaPath:"#/properties/spec/properties/expect/properties/exit/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if((typeof data12 == "number") && (isFinite(data12))){
if(data12 > 255 || isNaN(data12)){
const err27 = {instancePath:instancePath+"/spec/expect/exit",schemaPath:"#/properties/spec/properties/expect/properties/exit/maximum",keyword:"maximum",params:{comparison: "<=", limit: 255}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if(data12 < 0 || isNaN(data12)){
const err28 = {instancePath:instancePath+"/spec/expect/exit",schemaPath:"#/properties/spec/properties/expect/properties/exit/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data11.stdout !== undefined){
let data13 = data11.stdout;
if(data13 && typeof data13 == "object" && !Array.isArray(data13)){
for(const key4 in data13){
if(!((((key4 === "equals") || (key4 === "contains")) || (key4 === "matches")) || (key4 === "lacks"))){
const err29 = {instancePath:instancePath+"/spec/expect/stdout",schemaPath:"#/$defs/checkText/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data13.equals !== undefined){
let data14 = data13.equals;
if(typeof data14 === "string"){
if(data14.length > 65536){
const err30 = {instancePath:instancePath+"/spec/expect/stdout/equals",schemaPath:"#/$defs/checkText/properties/equals/maxLength",keyword:"maxLength",params:{limit: 65536}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
else {
const err31 = {instancePath:instancePath+"/spec/expect/stdout/equals",schemaPath:"#/$defs/checkText/properties/equals/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data13.contains !== undefined){
let data15 = data13.contains;
if(typeof data15 === "string"){
if(data15.length > 65536){
const err32 = {instancePath:instancePath+"/spec/expect/stdout/contains",schemaPath:"#/$defs/checkText/properties/contains/maxLength",keyword:"maxLength",params:{limit: 65536}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
else {
const err33 = {instancePath:instancePath+"/spec/expect/stdout/contains",schemaPath:"#/$defs/checkText/properties/contains/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data13.matches !== undefined){
let data16 = data13.matches;
if(typeof data16 === "string"){
if(data16.length > 4096){
const err34 = {instancePath:instancePath+"/spec/expect/stdout/matches",schemaPath:"#/$defs/checkText/properties/matches/maxLength",keyword:"maxLength",params:{limit: 4096}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
else {
const err35 = {instancePath:instancePath+"/spec/expect/stdout/matches",schemaPath:"#/$defs/checkText/properties/matches/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(data13.lacks !== undefined){
let data17 = data13.lacks;
if(typeof data17 === "string"){
if(data17.length > 65536){
const err36 = {instancePath:instancePath+"/spec/expect/stdout/lacks",schemaPath:"#/$defs/checkText/properties/lacks/maxLength",keyword:"maxLength",params:{limit: 65536}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
else {
const err37 = {instancePath:instancePath+"/spec/expect/stdout/lacks",schemaPath:"#/$defs/checkText/properties/lacks/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
}
else {
const err38 = {instancePath:instancePath+"/spec/expect/stdout",schemaPath:"#/$defs/checkText/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(data11.stderr !== undefined){
let data18 = data11.stderr;
if(data18 && typeof data18 == "object" && !Array.isArray(data18)){
for(const key5 in data18){
if(!((((key5 === "equals") || (key5 === "contains")) || (key5 === "matches")) || (key5 === "lacks"))){
const err39 = {instancePath:instancePath+"/spec/expect/stderr",schemaPath:"#/$defs/checkText/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data18.equals !== undefined){
let data19 = data18.equals;
if(typeof data19 === "string"){
if(data19.length > 65536){
const err40 = {instancePath:instancePath+"/spec/expect/stderr/equals",schemaPath:"#/$defs/checkText/properties/equals/maxLength",keyword:"maxLength",params:{limit: 65536}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
else {
const err41 = {instancePath:instancePath+"/spec/expect/stderr/equals",schemaPath:"#/$defs/checkText/properties/equals/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
if(data18.contains !== undefined){
let data20 = data18.contains;
if(typeof data20 === "string"){
if(data20.length > 65536){
const err42 = {instancePath:instancePath+"/spec/expect/stderr/contains",schemaPath:"#/$defs/checkText/properties/contains/maxLength",keyword:"maxLength",params:{limit: 65536}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
else {
const err43 = {instancePath:instancePath+"/spec/expect/stderr/contains",schemaPath:"#/$defs/checkText/properties/contains/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
}
if(data18.matches !== undefined){
let data21 = data18.matches;
if(typeof data21 === "string"){
if(data21.length > 4096){
const err44 = {instancePath:instancePath+"/spec/expect/stderr/matches",schemaPath:"#/$defs/checkText/properties/matches/maxLength",keyword:"maxLength",params:{limit: 4096}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
else {
const err45 = {instancePath:instancePath+"/spec/expect/stderr/matches",schemaPath:"#/$defs/checkText/properties/matches/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data18.lacks !== undefined){
let data22 = data18.lacks;
if(typeof data22 === "string"){
if(data22.length > 65536){
const err46 = {instancePath:instancePath+"/spec/expect/stderr/lacks",schemaPath:"#/$defs/checkText/properties/lacks/maxLength",keyword:"maxLength",params:{limit: 65536}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
else {
const err47 = {instancePath:instancePath+"/spec/expect/stderr/lacks",schemaPath:"#/$defs/checkText/properties/lacks/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
}
else {
const err48 = {instancePath:instancePath+"/spec/expect/stderr",schemaPath:"#/$defs/checkText/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
if(data11.asleep !== undefined){
if(!(validate16(data11.asleep, {instancePath:instancePath+"/spec/expect/asleep",parentData:data11,parentDataProperty:"asleep",rootData}))){
vErrors = vErrors === null ? validate16.errors : vErrors.concat(validate16.errors);
errors = vErrors.length;
}
}
if(data11.awake !== undefined){
if(!(validate16(data11.awake, {instancePath:instancePath+"/spec/expect/awake",parentData:data11,parentDataProperty:"awake",rootData}))){
vErrors = vErrors === null ? validate16.errors : vErrors.concat(validate16.errors);
errors = vErrors.length;
}
}
}
else {
const err49 = {instancePath:instancePath+"/spec/expect",schemaPath:"#/properties/spec/properties/expect/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
let data25 = data3.deadline;
if(typeof data25 === "string"){
if(data25.length > 32){
const err50 = {instancePath:instancePath+"/spec/deadline",schemaPath:"pieces.json#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
if(!pattern6.test(data25)){
const err51 = {instancePath:instancePath+"/spec/deadline",schemaPath:"pieces.json#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
else {
const err52 = {instancePath:instancePath+"/spec/deadline",schemaPath:"pieces.json#/$defs/duration/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
if(typeof data3.eventually !== "boolean"){
const err53 = {instancePath:instancePath+"/spec/eventually",schemaPath:"#/properties/spec/properties/eventually/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
if(data3.after !== undefined){
let data27 = data3.after;
if(Array.isArray(data27)){
if(data27.length > 64){
const err54 = {instancePath:instancePath+"/spec/after",schemaPath:"#/properties/spec/properties/after/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
const len1 = data27.length;
for(let i1=0; i1<len1; i1++){
let data28 = data27[i1];
if(typeof data28 === "string"){
if(data28.length > 63){
const err55 = {instancePath:instancePath+"/spec/after/" + i1,schemaPath:"pieces.json#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
if(data28.length < 1){
const err56 = {instancePath:instancePath+"/spec/after/" + i1,schemaPath:"pieces.json#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
if(!pattern0.test(data28)){
const err57 = {instancePath:instancePath+"/spec/after/" + i1,schemaPath:"pieces.json#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
else {
const err58 = {instancePath:instancePath+"/spec/after/" + i1,schemaPath:"pieces.json#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
}
else {
const err59 = {instancePath:instancePath+"/spec/after",schemaPath:"#/properties/spec/properties/after/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
}
else {
const err60 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
}
else {
const err61 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

export const Customization = validate21;
const schema27 = {"$id":"https://netloom.dev/schemas/customization.json","title":"Customization","description":"A module that rewrites the messages of application flows at both ends (layer-4.5).","x-netloom":{"plural":"customizations","shortNames":["nlc"],"columns":[{"name":"Priority","type":"integer","jsonPath":".spec.priority"},{"name":"Active","type":"boolean","jsonPath":".spec.active"}]},"type":"object","additionalProperties":false,"required":["apiVersion","kind","metadata","spec"],"properties":{"apiVersion":{"$ref":"pieces.json#/$defs/apiVersion"},"kind":{"type":"string","enum":["Customization"]},"metadata":{"$ref":"pieces.json#/$defs/metadata"},"spec":{"type":"object","additionalProperties":false,"required":["module","ends"],"properties":{"module":{"type":"object","additionalProperties":false,"oneOf":[{"required":["wasm"]},{"required":["standard"]}],"properties":{"wasm":{"$ref":"pieces.json#/$defs/path","description":"A WebAssembly module of the source."},"standard":{"$ref":"pieces.json#/$defs/name","description":"A module that netloom ships."},"config":{"$ref":"pieces.json#/$defs/config"}}},"priority":{"$ref":"pieces.json#/$defs/priority","description":"Lower goes first; no two customizations that tap the same flow of a host may have the same.","default":100},"active":{"$ref":"pieces.json#/$defs/active","default":true},"deprecated":{"description":"true: keeps the flows it has until they end, and takes no new ones, active or not.","type":"boolean","default":false},"attach":{"description":"immediate: live sockets too; new: only sockets opened from now on.","type":"string","enum":["immediate","new"],"default":"new"},"ends":{"description":"The two roles of a customized flow, as seen by outgoing messages; a role may be left out where netloom has no hold of that end.","type":"array","minItems":1,"maxItems":2,"x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["role"],"items":{"$ref":"#/$defs/customizationEnd"}},"monitor":{"description":"Ask the module for its statistics.","type":"object","additionalProperties":false,"default":{},"properties":{"interval":{"$ref":"pieces.json#/$defs/duration","default":"10s"}}},"security":{"description":"Challenge the module; one that answers wrong is revoked.","type":"object","additionalProperties":false,"required":["challenge"],"properties":{"challenge":{"$ref":"pieces.json#/$defs/duration"}}},"inverse":{"description":"What lets middleboxes read customized traffic.","type":"array","maxItems":16,"items":{"type":"object","additionalProperties":false,"required":["middlebox","hosts"],"oneOf":[{"required":["file"]},{"required":["standard"]}],"properties":{"middlebox":{"$ref":"pieces.json#/$defs/name","description":"Its type: wireshark."},"hosts":{"$ref":"pieces.json#/$defs/labelSelector"},"file":{"$ref":"pieces.json#/$defs/path","description":"A plug-in of the source."},"standard":{"$ref":"pieces.json#/$defs/name","description":"A plug-in that netloom ships, named after the module that it reads."}}}},"limits":{"$ref":"pieces.json#/$defs/limits","default":{}},"onFault":{"description":"What becomes of a message whose module fails.","type":"string","enum":["drop","accept"],"default":"accept"},"proposals":{"$ref":"pieces.json#/$defs/proposals"}}}},"$defs":{"customizationEnd":{"type":"object","additionalProperties":false,"required":["role","hosts","tap"],"properties":{"role":{"type":"string","enum":["sender","receiver"]},"hosts":{"$ref":"pieces.json#/$defs/labelSelector"},"tap":{"$ref":"#/$defs/tap"}}},"tap":{"description":"Which sockets; what is left out matches everything.","type":"object","additionalProperties":false,"required":["protocol"],"properties":{"protocol":{"type":"string","enum":["UDP","TCP"]},"application":{"type":"object","additionalProperties":false,"properties":{"task":{"description":"Name of the thread (comm) that uses the socket; `*` stands for any characters, `?` for one.","type":"string","minLength":1,"maxLength":15},"group":{"description":"Name of the process (comm of the thread group's leader), with wildcards likewise.","type":"string","minLength":1,"maxLength":15}}},"local":{"$ref":"#/$defs/tapEndpoint"},"remote":{"$ref":"#/$defs/tapEndpoint"}}},"tapEndpoint":{"type":"object","additionalProperties":false,"properties":{"address":{"$ref":"pieces.json#/$defs/address"},"port":{"$ref":"pieces.json#/$defs/port"}}}}};
const schema32 = {"description":"A file of the source, relative to its root.","type":"string","minLength":1,"maxLength":512,"pattern":"^[^/].*$"};
const schema34 = {"description":"Handed to the program as JSON; its shape belongs to the program.","type":"object","x-kubernetes-preserve-unknown-fields":true};
const schema35 = {"description":"Lower goes first; ties by name.","type":"integer","minimum":0,"maximum":65535};
const schema36 = {"description":"false: installed and ready, but not in force.","type":"boolean"};

function validate22(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.namespace === undefined){
data.namespace = "default";
}
if(data.name === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "name") || (key0 === "namespace")) || (key0 === "labels")) || (key0 === "annotations"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(data0.length > 63){
const err2 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0.length < 1){
const err3 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!pattern0.test(data0)){
const err4 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
let data1 = data.namespace;
if(typeof data1 === "string"){
if(data1.length > 63){
const err6 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data1.length < 1){
const err7 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!pattern0.test(data1)){
const err8 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.labels !== undefined){
if(!(validate13(data.labels, {instancePath:instancePath+"/labels",parentData:data,parentDataProperty:"labels",rootData}))){
vErrors = vErrors === null ? validate13.errors : vErrors.concat(validate13.errors);
errors = vErrors.length;
}
}
if(data.annotations !== undefined){
let data3 = data.annotations;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(Object.keys(data3).length > 64){
const err10 = {instancePath:instancePath+"/annotations",schemaPath:"#/properties/annotations/maxProperties",keyword:"maxProperties",params:{limit: 64}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
for(const key1 in data3){
let data4 = data3[key1];
if(typeof data4 === "string"){
if(data4.length > 65536){
const err11 = {instancePath:instancePath+"/annotations/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/annotations/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 65536}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/annotations/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/annotations/additionalProperties/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
else {
const err13 = {instancePath:instancePath+"/annotations",schemaPath:"#/properties/annotations/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
validate22.errors = vErrors;
return errors === 0;
}

const schema37 = {"type":"object","additionalProperties":false,"required":["role","hosts","tap"],"properties":{"role":{"type":"string","enum":["sender","receiver"]},"hosts":{"$ref":"pieces.json#/$defs/labelSelector"},"tap":{"$ref":"#/$defs/tap"}}};
const schema38 = {"description":"A Kubernetes label selector over the Hosts of the object's namespace, and names; all that is given must hold. The empty selector selects every host.","type":"object","additionalProperties":false,"properties":{"matchLabels":{"$ref":"#/$defs/labels"},"matchExpressions":{"type":"array","maxItems":32,"items":{"type":"object","additionalProperties":false,"required":["key","operator"],"properties":{"key":{"$ref":"#/$defs/labelKey"},"operator":{"type":"string","enum":["In","NotIn","Exists","DoesNotExist"]},"values":{"description":"For In and NotIn at least one, for Exists and DoesNotExist none.","type":"array","maxItems":256,"items":{"$ref":"#/$defs/labelValue"}}}}},"matchNames":{"description":"Names of Hosts.","type":"array","minItems":1,"maxItems":1024,"items":{"$ref":"#/$defs/name"}}}};

function validate26(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((key0 === "matchLabels") || (key0 === "matchExpressions")) || (key0 === "matchNames"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.matchLabels !== undefined){
if(!(validate13(data.matchLabels, {instancePath:instancePath+"/matchLabels",parentData:data,parentDataProperty:"matchLabels",rootData}))){
vErrors = vErrors === null ? validate13.errors : vErrors.concat(validate13.errors);
errors = vErrors.length;
}
}
if(data.matchExpressions !== undefined){
let data1 = data.matchExpressions;
if(Array.isArray(data1)){
if(data1.length > 32){
const err1 = {instancePath:instancePath+"/matchExpressions",schemaPath:"#/properties/matchExpressions/maxItems",keyword:"maxItems",params:{limit: 32}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.key === undefined){
const err2 = {instancePath:instancePath+"/matchExpressions/" + i0,schemaPath:"#/properties/matchExpressions/items/required",keyword:"required",params:{missingProperty: "key"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data2.operator === undefined){
const err3 = {instancePath:instancePath+"/matchExpressions/" + i0,schemaPath:"#/properties/matchExpressions/items/required",keyword:"required",params:{missingProperty: "operator"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key1 in data2){
if(!(((key1 === "key") || (key1 === "operator")) || (key1 === "values"))){
const err4 = {instancePath:instancePath+"/matchExpressions/" + i0,schemaPath:"#/properties/matchExpressions/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data2.key !== undefined){
let data3 = data2.key;
if(typeof data3 === "string"){
if(data3.length > 317){
const err5 = {instancePath:instancePath+"/matchExpressions/" + i0+"/key",schemaPath:"#/$defs/labelKey/maxLength",keyword:"maxLength",params:{limit: 317}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data3.length < 1){
const err6 = {instancePath:instancePath+"/matchExpressions/" + i0+"/key",schemaPath:"#/$defs/labelKey/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(!pattern2.test(data3)){
const err7 = {instancePath:instancePath+"/matchExpressions/" + i0+"/key",schemaPath:"#/$defs/labelKey/pattern",keyword:"pattern",params:{pattern: "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/matchExpressions/" + i0+"/key",schemaPath:"#/$defs/labelKey/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data2.operator !== undefined){
let data4 = data2.operator;
if(typeof data4 !== "string"){
const err9 = {instancePath:instancePath+"/matchExpressions/" + i0+"/operator",schemaPath:"#/properties/matchExpressions/items/properties/operator/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(!((((data4 === "In") || (data4 === "NotIn")) || (data4 === "Exists")) || (data4 === "DoesNotExist"))){
const err10 = {instancePath:instancePath+"/matchExpressions/" + i0+"/operator",schemaPath:"#/properties/matchExpressions/items/properties/operator/enum",keyword:"enum",params:{allowedValues: schema38.properties.matchExpressions.items.properties.operator.enum}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data2.values !== undefined){
let data5 = data2.values;
if(Array.isArray(data5)){
if(data5.length > 256){
const err11 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values",schemaPath:"#/properties/matchExpressions/items/properties/values/maxItems",keyword:"maxItems",params:{limit: 256}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
const len1 = data5.length;
for(let i1=0; i1<len1; i1++){
let data6 = data5[i1];
if(typeof data6 === "string"){
if(data6.length > 63){
const err12 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values/" + i1,schemaPath:"#/$defs/labelValue/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(!pattern3.test(data6)){
const err13 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values/" + i1,schemaPath:"#/$defs/labelValue/pattern",keyword:"pattern",params:{pattern: "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values/" + i1,schemaPath:"#/$defs/labelValue/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values",schemaPath:"#/properties/matchExpressions/items/properties/values/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
else {
const err16 = {instancePath:instancePath+"/matchExpressions/" + i0,schemaPath:"#/properties/matchExpressions/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
else {
const err17 = {instancePath:instancePath+"/matchExpressions",schemaPath:"#/properties/matchExpressions/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data.matchNames !== undefined){
let data7 = data.matchNames;
if(Array.isArray(data7)){
if(data7.length > 1024){
const err18 = {instancePath:instancePath+"/matchNames",schemaPath:"#/properties/matchNames/maxItems",keyword:"maxItems",params:{limit: 1024}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data7.length < 1){
const err19 = {instancePath:instancePath+"/matchNames",schemaPath:"#/properties/matchNames/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
const len2 = data7.length;
for(let i2=0; i2<len2; i2++){
let data8 = data7[i2];
if(typeof data8 === "string"){
if(data8.length > 63){
const err20 = {instancePath:instancePath+"/matchNames/" + i2,schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data8.length < 1){
const err21 = {instancePath:instancePath+"/matchNames/" + i2,schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(!pattern0.test(data8)){
const err22 = {instancePath:instancePath+"/matchNames/" + i2,schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/matchNames/" + i2,schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
else {
const err24 = {instancePath:instancePath+"/matchNames",schemaPath:"#/properties/matchNames/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
else {
const err25 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
validate26.errors = vErrors;
return errors === 0;
}

const schema42 = {"description":"Which sockets; what is left out matches everything.","type":"object","additionalProperties":false,"required":["protocol"],"properties":{"protocol":{"type":"string","enum":["UDP","TCP"]},"application":{"type":"object","additionalProperties":false,"properties":{"task":{"description":"Name of the thread (comm) that uses the socket; `*` stands for any characters, `?` for one.","type":"string","minLength":1,"maxLength":15},"group":{"description":"Name of the process (comm of the thread group's leader), with wildcards likewise.","type":"string","minLength":1,"maxLength":15}}},"local":{"$ref":"#/$defs/tapEndpoint"},"remote":{"$ref":"#/$defs/tapEndpoint"}}};
const schema43 = {"type":"object","additionalProperties":false,"properties":{"address":{"$ref":"pieces.json#/$defs/address"},"port":{"$ref":"pieces.json#/$defs/port"}}};
const schema44 = {"description":"An IPv4 or IPv6 address.","type":"string","minLength":2,"maxLength":45,"pattern":"^[0-9a-fA-F:.]+$"};
const schema45 = {"type":"integer","minimum":1,"maximum":65535};
const pattern15 = new RegExp("^[0-9a-fA-F:.]+$", "u");

function validate30(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((key0 === "address") || (key0 === "port"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.address !== undefined){
let data0 = data.address;
if(typeof data0 === "string"){
if(data0.length > 45){
const err1 = {instancePath:instancePath+"/address",schemaPath:"pieces.json#/$defs/address/maxLength",keyword:"maxLength",params:{limit: 45}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data0.length < 2){
const err2 = {instancePath:instancePath+"/address",schemaPath:"pieces.json#/$defs/address/minLength",keyword:"minLength",params:{limit: 2}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(!pattern15.test(data0)){
const err3 = {instancePath:instancePath+"/address",schemaPath:"pieces.json#/$defs/address/pattern",keyword:"pattern",params:{pattern: "^[0-9a-fA-F:.]+$"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/address",schemaPath:"pieces.json#/$defs/address/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.port !== undefined){
let data1 = data.port;
if(!(((typeof data1 == "number") && (!(data1 % 1) && !isNaN(data1))) && (isFinite(data1)))){
const err5 = {instancePath:instancePath+"/port",schemaPath:"pieces.json#/$defs/port/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if((typeof data1 == "number") && (isFinite(data1))){
if(data1 > 65535 || isNaN(data1)){
const err6 = {instancePath:instancePath+"/port",schemaPath:"pieces.json#/$defs/port/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data1 < 1 || isNaN(data1)){
const err7 = {instancePath:instancePath+"/port",schemaPath:"pieces.json#/$defs/port/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
}
else {
const err8 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
validate30.errors = vErrors;
return errors === 0;
}


function validate29(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.protocol === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "protocol"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "protocol") || (key0 === "application")) || (key0 === "local")) || (key0 === "remote"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.protocol !== undefined){
let data0 = data.protocol;
if(typeof data0 !== "string"){
const err2 = {instancePath:instancePath+"/protocol",schemaPath:"#/properties/protocol/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(!((data0 === "UDP") || (data0 === "TCP"))){
const err3 = {instancePath:instancePath+"/protocol",schemaPath:"#/properties/protocol/enum",keyword:"enum",params:{allowedValues: schema42.properties.protocol.enum}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.application !== undefined){
let data1 = data.application;
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
for(const key1 in data1){
if(!((key1 === "task") || (key1 === "group"))){
const err4 = {instancePath:instancePath+"/application",schemaPath:"#/properties/application/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data1.task !== undefined){
let data2 = data1.task;
if(typeof data2 === "string"){
if(data2.length > 15){
const err5 = {instancePath:instancePath+"/application/task",schemaPath:"#/properties/application/properties/task/maxLength",keyword:"maxLength",params:{limit: 15}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data2.length < 1){
const err6 = {instancePath:instancePath+"/application/task",schemaPath:"#/properties/application/properties/task/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/application/task",schemaPath:"#/properties/application/properties/task/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data1.group !== undefined){
let data3 = data1.group;
if(typeof data3 === "string"){
if(data3.length > 15){
const err8 = {instancePath:instancePath+"/application/group",schemaPath:"#/properties/application/properties/group/maxLength",keyword:"maxLength",params:{limit: 15}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data3.length < 1){
const err9 = {instancePath:instancePath+"/application/group",schemaPath:"#/properties/application/properties/group/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/application/group",schemaPath:"#/properties/application/properties/group/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
}
else {
const err11 = {instancePath:instancePath+"/application",schemaPath:"#/properties/application/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data.local !== undefined){
if(!(validate30(data.local, {instancePath:instancePath+"/local",parentData:data,parentDataProperty:"local",rootData}))){
vErrors = vErrors === null ? validate30.errors : vErrors.concat(validate30.errors);
errors = vErrors.length;
}
}
if(data.remote !== undefined){
if(!(validate30(data.remote, {instancePath:instancePath+"/remote",parentData:data,parentDataProperty:"remote",rootData}))){
vErrors = vErrors === null ? validate30.errors : vErrors.concat(validate30.errors);
errors = vErrors.length;
}
}
}
else {
const err12 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
validate29.errors = vErrors;
return errors === 0;
}


function validate25(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.role === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "role"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.hosts === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "hosts"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.tap === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "tap"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "role") || (key0 === "hosts")) || (key0 === "tap"))){
const err3 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.role !== undefined){
let data0 = data.role;
if(typeof data0 !== "string"){
const err4 = {instancePath:instancePath+"/role",schemaPath:"#/properties/role/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(!((data0 === "sender") || (data0 === "receiver"))){
const err5 = {instancePath:instancePath+"/role",schemaPath:"#/properties/role/enum",keyword:"enum",params:{allowedValues: schema37.properties.role.enum}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.hosts !== undefined){
if(!(validate26(data.hosts, {instancePath:instancePath+"/hosts",parentData:data,parentDataProperty:"hosts",rootData}))){
vErrors = vErrors === null ? validate26.errors : vErrors.concat(validate26.errors);
errors = vErrors.length;
}
}
if(data.tap !== undefined){
if(!(validate29(data.tap, {instancePath:instancePath+"/tap",parentData:data,parentDataProperty:"tap",rootData}))){
vErrors = vErrors === null ? validate29.errors : vErrors.concat(validate29.errors);
errors = vErrors.length;
}
}
}
else {
const err6 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
validate25.errors = vErrors;
return errors === 0;
}

const schema51 = {"description":"What one instance of the program may use.","type":"object","additionalProperties":false,"properties":{"memory":{"$ref":"#/$defs/quantity","description":"Bytes of memory.","default":"1Mi"},"time":{"$ref":"#/$defs/duration","description":"For one call.","default":"5ms"}}};
const schema52 = {"description":"Bytes: a number, with a suffix Ki, Mi, Gi (powers of 1024) or k, M, G (of 1000).","type":"string","maxLength":16,"pattern":"^[0-9]{1,12}(Ki|Mi|Gi|k|M|G)?$"};
const pattern21 = new RegExp("^[0-9]{1,12}(Ki|Mi|Gi|k|M|G)?$", "u");

function validate36(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.memory === undefined){
data.memory = "1Mi";
}
if(data.time === undefined){
data.time = "5ms";
}
for(const key0 in data){
if(!((key0 === "memory") || (key0 === "time"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
let data0 = data.memory;
if(typeof data0 === "string"){
if(data0.length > 16){
const err1 = {instancePath:instancePath+"/memory",schemaPath:"#/$defs/quantity/maxLength",keyword:"maxLength",params:{limit: 16}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(!pattern21.test(data0)){
const err2 = {instancePath:instancePath+"/memory",schemaPath:"#/$defs/quantity/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,12}(Ki|Mi|Gi|k|M|G)?$"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/memory",schemaPath:"#/$defs/quantity/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
let data1 = data.time;
if(typeof data1 === "string"){
if(data1.length > 32){
const err4 = {instancePath:instancePath+"/time",schemaPath:"#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(!pattern6.test(data1)){
const err5 = {instancePath:instancePath+"/time",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/time",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
validate36.errors = vErrors;
return errors === 0;
}

const schema54 = {"description":"Who may have this activated or deactivated besides a commit.","type":"object","additionalProperties":false,"required":["from"],"properties":{"from":{"description":"Names of MonitoringFunctions whose `propose()` is followed.","type":"array","minItems":1,"maxItems":16,"items":{"$ref":"#/$defs/name"}}}};

function validate38(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.from === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "from"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(key0 === "from")){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.from !== undefined){
let data0 = data.from;
if(Array.isArray(data0)){
if(data0.length > 16){
const err2 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/maxItems",keyword:"maxItems",params:{limit: 16}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0.length < 1){
const err3 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 === "string"){
if(data1.length > 63){
const err4 = {instancePath:instancePath+"/from/" + i0,schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data1.length < 1){
const err5 = {instancePath:instancePath+"/from/" + i0,schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!pattern0.test(data1)){
const err6 = {instancePath:instancePath+"/from/" + i0,schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/from/" + i0,schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
else {
const err8 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
else {
const err9 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
validate38.errors = vErrors;
return errors === 0;
}

const func2 = Object.prototype.hasOwnProperty;
const pattern10 = new RegExp("^[^/].*$", "u");

function validate21(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="https://netloom.dev/schemas/customization.json" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.apiVersion === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "apiVersion"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.kind === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.metadata === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "metadata"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.spec === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "spec"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "apiVersion") || (key0 === "kind")) || (key0 === "metadata")) || (key0 === "spec"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if(typeof data0 !== "string"){
const err5 = {instancePath:instancePath+"/apiVersion",schemaPath:"pieces.json#/$defs/apiVersion/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!(data0 === "netloom.dev/v1alpha1")){
const err6 = {instancePath:instancePath+"/apiVersion",schemaPath:"pieces.json#/$defs/apiVersion/enum",keyword:"enum",params:{allowedValues: schema13.enum}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if(typeof data1 !== "string"){
const err7 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!(data1 === "Customization")){
const err8 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/enum",keyword:"enum",params:{allowedValues: schema27.properties.kind.enum}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.metadata !== undefined){
if(!(validate22(data.metadata, {instancePath:instancePath+"/metadata",parentData:data,parentDataProperty:"metadata",rootData}))){
vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
errors = vErrors.length;
}
}
if(data.spec !== undefined){
let data3 = data.spec;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.priority === undefined){
data3.priority = 100;
}
if(data3.active === undefined){
data3.active = true;
}
if(data3.deprecated === undefined){
data3.deprecated = false;
}
if(data3.attach === undefined){
data3.attach = "new";
}
if(data3.monitor === undefined){
data3.monitor = {};
}
if(data3.limits === undefined){
data3.limits = {};
}
if(data3.onFault === undefined){
data3.onFault = "accept";
}
if(data3.module === undefined){
const err9 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "module"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data3.ends === undefined){
const err10 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "ends"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
for(const key1 in data3){
if(!(func2.call(schema27.properties.spec.properties, key1))){
const err11 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
if(data3.module !== undefined){
let data4 = data3.module;
const _errs13 = errors;
let valid3 = false;
let passing0 = null;
const _errs14 = errors;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
if(data4.wasm === undefined){
const err12 = {instancePath:instancePath+"/spec/module",schemaPath:"#/properties/spec/properties/module/oneOf/0/required",keyword:"required",params:{missingProperty: "wasm"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
var _valid0 = _errs14 === errors;
if(_valid0){
valid3 = true;
passing0 = 0;
}
const _errs15 = errors;
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
if(data4.standard === undefined){
const err13 = {instancePath:instancePath+"/spec/module",schemaPath:"#/properties/spec/properties/module/oneOf/1/required",keyword:"required",params:{missingProperty: "standard"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
var _valid0 = _errs15 === errors;
if(_valid0 && valid3){
valid3 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid3 = true;
passing0 = 1;
}
}
if(!valid3){
const err14 = {instancePath:instancePath+"/spec/module",schemaPath:"#/properties/spec/properties/module/oneOf",keyword:"oneOf",params:{passingSchemas: passing0}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
else {
errors = _errs13;
if(vErrors !== null){
if(_errs13){
vErrors.length = _errs13;
}
else {
vErrors = null;
}
}
}
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
for(const key2 in data4){
if(!(((key2 === "wasm") || (key2 === "standard")) || (key2 === "config"))){
const err15 = {instancePath:instancePath+"/spec/module",schemaPath:"#/properties/spec/properties/module/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data4.wasm !== undefined){
let data5 = data4.wasm;
if(typeof data5 === "string"){
if(data5.length > 512){
const err16 = {instancePath:instancePath+"/spec/module/wasm",schemaPath:"pieces.json#/$defs/path/maxLength",keyword:"maxLength",params:{limit: 512}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data5.length < 1){
const err17 = {instancePath:instancePath+"/spec/module/wasm",schemaPath:"pieces.json#/$defs/path/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(!pattern10.test(data5)){
const err18 = {instancePath:instancePath+"/spec/module/wasm",schemaPath:"pieces.json#/$defs/path/pattern",keyword:"pattern",params:{pattern: "^[^/].*$"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/spec/module/wasm",schemaPath:"pieces.json#/$defs/path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data4.standard !== undefined){
let data6 = data4.standard;
if(typeof data6 === "string"){
if(data6.length > 63){
const err20 = {instancePath:instancePath+"/spec/module/standard",schemaPath:"pieces.json#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data6.length < 1){
const err21 = {instancePath:instancePath+"/spec/module/standard",schemaPath:"pieces.json#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(!pattern0.test(data6)){
const err22 = {instancePath:instancePath+"/spec/module/standard",schemaPath:"pieces.json#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/spec/module/standard",schemaPath:"pieces.json#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data4.config !== undefined){
let data7 = data4.config;
if(!(data7 && typeof data7 == "object" && !Array.isArray(data7))){
const err24 = {instancePath:instancePath+"/spec/module/config",schemaPath:"pieces.json#/$defs/config/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
else {
const err25 = {instancePath:instancePath+"/spec/module",schemaPath:"#/properties/spec/properties/module/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
let data8 = data3.priority;
if(!(((typeof data8 == "number") && (!(data8 % 1) && !isNaN(data8))) && (isFinite(data8)))){
const err26 = {instancePath:instancePath+"/spec/priority",schemaPath:"pieces.json#/$defs/priority/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 65535 || isNaN(data8)){
const err27 = {instancePath:instancePath+"/spec/priority",schemaPath:"pieces.json#/$defs/priority/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if(data8 < 0 || isNaN(data8)){
const err28 = {instancePath:instancePath+"/spec/priority",schemaPath:"pieces.json#/$defs/priority/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(typeof data3.active !== "boolean"){
const err29 = {instancePath:instancePath+"/spec/active",schemaPath:"pieces.json#/$defs/active/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
if(typeof data3.deprecated !== "boolean"){
const err30 = {instancePath:instancePath+"/spec/deprecated",schemaPath:"#/properties/spec/properties/deprecated/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
let data11 = data3.attach;
if(typeof data11 !== "string"){
const err31 = {instancePath:instancePath+"/spec/attach",schemaPath:"#/properties/spec/properties/attach/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if(!((data11 === "immediate") || (data11 === "new"))){
const err32 = {instancePath:instancePath+"/spec/attach",schemaPath:"#/properties/spec/properties/attach/enum",keyword:"enum",params:{allowedValues: schema27.properties.spec.properties.attach.enum}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(data3.ends !== undefined){
let data12 = data3.ends;
if(Array.isArray(data12)){
if(data12.length > 2){
const err33 = {instancePath:instancePath+"/spec/ends",schemaPath:"#/properties/spec/properties/ends/maxItems",keyword:"maxItems",params:{limit: 2}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if(data12.length < 1){
const err34 = {instancePath:instancePath+"/spec/ends",schemaPath:"#/properties/spec/properties/ends/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
const len0 = data12.length;
for(let i0=0; i0<len0; i0++){
if(!(validate25(data12[i0], {instancePath:instancePath+"/spec/ends/" + i0,parentData:data12,parentDataProperty:i0,rootData}))){
vErrors = vErrors === null ? validate25.errors : vErrors.concat(validate25.errors);
errors = vErrors.length;
}
}
}
else {
const err35 = {instancePath:instancePath+"/spec/ends",schemaPath:"#/properties/spec/properties/ends/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
let data14 = data3.monitor;
if(data14 && typeof data14 == "object" && !Array.isArray(data14)){
if(data14.interval === undefined){
data14.interval = "10s";
}
for(const key3 in data14){
if(!(key3 === "interval")){
const err36 = {instancePath:instancePath+"/spec/monitor",schemaPath:"#/properties/spec/properties/monitor/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
let data15 = data14.interval;
if(typeof data15 === "string"){
if(data15.length > 32){
const err37 = {instancePath:instancePath+"/spec/monitor/interval",schemaPath:"pieces.json#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(!pattern6.test(data15)){
const err38 = {instancePath:instancePath+"/spec/monitor/interval",schemaPath:"pieces.json#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
else {
const err39 = {instancePath:instancePath+"/spec/monitor/interval",schemaPath:"pieces.json#/$defs/duration/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
else {
const err40 = {instancePath:instancePath+"/spec/monitor",schemaPath:"#/properties/spec/properties/monitor/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(data3.security !== undefined){
let data16 = data3.security;
if(data16 && typeof data16 == "object" && !Array.isArray(data16)){
if(data16.challenge === undefined){
const err41 = {instancePath:instancePath+"/spec/security",schemaPath:"#/properties/spec/properties/security/required",keyword:"required",params:{missingProperty: "challenge"}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
for(const key4 in data16){
if(!(key4 === "challenge")){
const err42 = {instancePath:instancePath+"/spec/security",schemaPath:"#/properties/spec/properties/security/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data16.challenge !== undefined){
let data17 = data16.challenge;
if(typeof data17 === "string"){
if(data17.length > 32){
const err43 = {instancePath:instancePath+"/spec/security/challenge",schemaPath:"pieces.json#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if(!pattern6.test(data17)){
const err44 = {instancePath:instancePath+"/spec/security/challenge",schemaPath:"pieces.json#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
else {
const err45 = {instancePath:instancePath+"/spec/security/challenge",schemaPath:"pieces.json#/$defs/duration/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
}
else {
const err46 = {instancePath:instancePath+"/spec/security",schemaPath:"#/properties/spec/properties/security/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
if(data3.inverse !== undefined){
let data18 = data3.inverse;
if(Array.isArray(data18)){
if(data18.length > 16){
const err47 = {instancePath:instancePath+"/spec/inverse",schemaPath:"#/properties/spec/properties/inverse/maxItems",keyword:"maxItems",params:{limit: 16}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
const len1 = data18.length;
for(let i1=0; i1<len1; i1++){
let data19 = data18[i1];
const _errs55 = errors;
let valid18 = false;
let passing1 = null;
const _errs56 = errors;
if(data19 && typeof data19 == "object" && !Array.isArray(data19)){
if(data19.file === undefined){
const err48 = {instancePath:instancePath+"/spec/inverse/" + i1,schemaPath:"#/properties/spec/properties/inverse/items/oneOf/0/required",keyword:"required",params:{missingProperty: "file"}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
var _valid1 = _errs56 === errors;
if(_valid1){
valid18 = true;
passing1 = 0;
}
const _errs57 = errors;
if(data19 && typeof data19 == "object" && !Array.isArray(data19)){
if(data19.standard === undefined){
const err49 = {instancePath:instancePath+"/spec/inverse/" + i1,schemaPath:"#/properties/spec/properties/inverse/items/oneOf/1/required",keyword:"required",params:{missingProperty: "standard"}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
var _valid1 = _errs57 === errors;
if(_valid1 && valid18){
valid18 = false;
passing1 = [passing1, 1];
}
else {
if(_valid1){
valid18 = true;
passing1 = 1;
}
}
if(!valid18){
const err50 = {instancePath:instancePath+"/spec/inverse/" + i1,schemaPath:"#/properties/spec/properties/inverse/items/oneOf",keyword:"oneOf",params:{passingSchemas: passing1}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
else {
errors = _errs55;
if(vErrors !== null){
if(_errs55){
vErrors.length = _errs55;
}
else {
vErrors = null;
}
}
}
if(data19 && typeof data19 == "object" && !Array.isArray(data19)){
if(data19.middlebox === undefined){
const err51 = {instancePath:instancePath+"/spec/inverse/" + i1,schemaPath:"#/properties/spec/properties/inverse/items/required",keyword:"required",params:{missingProperty: "middlebox"}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
if(data19.hosts === undefined){
const err52 = {instancePath:instancePath+"/spec/inverse/" + i1,schemaPath:"#/properties/spec/properties/inverse/items/required",keyword:"required",params:{missingProperty: "hosts"}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
for(const key5 in data19){
if(!((((key5 === "middlebox") || (key5 === "hosts")) || (key5 === "file")) || (key5 === "standard"))){
const err53 = {instancePath:instancePath+"/spec/inverse/" + i1,schemaPath:"#/properties/spec/properties/inverse/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5}};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
if(data19.middlebox !== undefined){
let data20 = data19.middlebox;
if(typeof data20 === "string"){
if(data20.length > 63){
const err54 = {instancePath:instancePath+"/spec/inverse/" + i1+"/middlebox",schemaPath:"pieces.json#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
if(data20.length < 1){
const err55 = {instancePath:instancePath+"/spec/inverse/" + i1+"/middlebox",schemaPath:"pieces.json#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
if(!pattern0.test(data20)){
const err56 = {instancePath:instancePath+"/spec/inverse/" + i1+"/middlebox",schemaPath:"pieces.json#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
else {
const err57 = {instancePath:instancePath+"/spec/inverse/" + i1+"/middlebox",schemaPath:"pieces.json#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
if(data19.hosts !== undefined){
if(!(validate26(data19.hosts, {instancePath:instancePath+"/spec/inverse/" + i1+"/hosts",parentData:data19,parentDataProperty:"hosts",rootData}))){
vErrors = vErrors === null ? validate26.errors : vErrors.concat(validate26.errors);
errors = vErrors.length;
}
}
if(data19.file !== undefined){
let data22 = data19.file;
if(typeof data22 === "string"){
if(data22.length > 512){
const err58 = {instancePath:instancePath+"/spec/inverse/" + i1+"/file",schemaPath:"pieces.json#/$defs/path/maxLength",keyword:"maxLength",params:{limit: 512}};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
if(data22.length < 1){
const err59 = {instancePath:instancePath+"/spec/inverse/" + i1+"/file",schemaPath:"pieces.json#/$defs/path/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
if(!pattern10.test(data22)){
const err60 = {instancePath:instancePath+"/spec/inverse/" + i1+"/file",schemaPath:"pieces.json#/$defs/path/pattern",keyword:"pattern",params:{pattern: "^[^/].*$"}};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
else {
const err61 = {instancePath:instancePath+"/spec/inverse/" + i1+"/file",schemaPath:"pieces.json#/$defs/path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
if(data19.standard !== undefined){
let data23 = data19.standard;
if(typeof data23 === "string"){
if(data23.length > 63){
const err62 = {instancePath:instancePath+"/spec/inverse/" + i1+"/standard",schemaPath:"pieces.json#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
if(data23.length < 1){
const err63 = {instancePath:instancePath+"/spec/inverse/" + i1+"/standard",schemaPath:"pieces.json#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
if(!pattern0.test(data23)){
const err64 = {instancePath:instancePath+"/spec/inverse/" + i1+"/standard",schemaPath:"pieces.json#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
else {
const err65 = {instancePath:instancePath+"/spec/inverse/" + i1+"/standard",schemaPath:"pieces.json#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
}
else {
const err66 = {instancePath:instancePath+"/spec/inverse/" + i1,schemaPath:"#/properties/spec/properties/inverse/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
}
else {
const err67 = {instancePath:instancePath+"/spec/inverse",schemaPath:"#/properties/spec/properties/inverse/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
if(!(validate36(data3.limits, {instancePath:instancePath+"/spec/limits",parentData:data3,parentDataProperty:"limits",rootData}))){
vErrors = vErrors === null ? validate36.errors : vErrors.concat(validate36.errors);
errors = vErrors.length;
}
let data25 = data3.onFault;
if(typeof data25 !== "string"){
const err68 = {instancePath:instancePath+"/spec/onFault",schemaPath:"#/properties/spec/properties/onFault/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
if(!((data25 === "drop") || (data25 === "accept"))){
const err69 = {instancePath:instancePath+"/spec/onFault",schemaPath:"#/properties/spec/properties/onFault/enum",keyword:"enum",params:{allowedValues: schema27.properties.spec.properties.onFault.enum}};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
if(data3.proposals !== undefined){
if(!(validate38(data3.proposals, {instancePath:instancePath+"/spec/proposals",parentData:data3,parentDataProperty:"proposals",rootData}))){
vErrors = vErrors === null ? validate38.errors : vErrors.concat(validate38.errors);
errors = vErrors.length;
}
}
}
else {
const err70 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
}
else {
const err71 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
validate21.errors = vErrors;
return errors === 0;
}

export const CustomizationRotation = validate40;
const schema56 = {"$id":"https://netloom.dev/schemas/customization-rotation.json","title":"CustomizationRotation","description":"Moves live flows from one customization to the next, on all their hosts in a safe order.","x-netloom":{"plural":"customizationrotations","shortNames":["nlcr"],"columns":[{"name":"Every","type":"string","jsonPath":".spec.every"},{"name":"Current","type":"string","jsonPath":".spec.current"}]},"type":"object","additionalProperties":false,"required":["apiVersion","kind","metadata","spec"],"properties":{"apiVersion":{"$ref":"pieces.json#/$defs/apiVersion"},"kind":{"type":"string","enum":["CustomizationRotation"]},"metadata":{"$ref":"pieces.json#/$defs/metadata"},"spec":{"type":"object","additionalProperties":false,"required":["through"],"oneOf":[{"required":["every"]},{"required":["at"]},{"required":["current"]}],"properties":{"through":{"description":"Names of the Customizations it moves between, in order.","type":"array","minItems":2,"maxItems":64,"items":{"$ref":"pieces.json#/$defs/name"}},"every":{"$ref":"pieces.json#/$defs/duration"},"at":{"description":"A cron expression of five fields, in UTC.","type":"string","minLength":9,"maxLength":128},"current":{"$ref":"pieces.json#/$defs/name","description":"The customization in force; moved by a commit."},"jitter":{"$ref":"pieces.json#/$defs/duration","description":"A scheduled rotation begins up to this much later, at random.","default":"0s"},"order":{"description":"Of scheduled rotations: listed goes through them in turn, random draws the next among the others.","type":"string","enum":["listed","random"],"default":"listed"},"overlap":{"$ref":"pieces.json#/$defs/duration","description":"Both stay attached this long, for late datagrams and retransmissions.","default":"30s"},"deadline":{"$ref":"pieces.json#/$defs/duration","description":"For each step.","default":"60s"},"onFailure":{"description":"revert: go back to what was; hold: stop where it is.","type":"string","enum":["revert","hold"],"default":"revert"},"retire":{"description":"What becomes of the old one: deprecate it and revoke it when idle, revoke it at once, or keep it attached behind.","type":"string","enum":["deprecate","revoke","keep"],"default":"deprecate"}}}}};

function validate41(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.namespace === undefined){
data.namespace = "default";
}
if(data.name === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "name") || (key0 === "namespace")) || (key0 === "labels")) || (key0 === "annotations"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(data0.length > 63){
const err2 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0.length < 1){
const err3 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!pattern0.test(data0)){
const err4 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
let data1 = data.namespace;
if(typeof data1 === "string"){
if(data1.length > 63){
const err6 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data1.length < 1){
const err7 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!pattern0.test(data1)){
const err8 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.labels !== undefined){
if(!(validate13(data.labels, {instancePath:instancePath+"/labels",parentData:data,parentDataProperty:"labels",rootData}))){
vErrors = vErrors === null ? validate13.errors : vErrors.concat(validate13.errors);
errors = vErrors.length;
}
}
if(data.annotations !== undefined){
let data3 = data.annotations;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(Object.keys(data3).length > 64){
const err10 = {instancePath:instancePath+"/annotations",schemaPath:"#/properties/annotations/maxProperties",keyword:"maxProperties",params:{limit: 64}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
for(const key1 in data3){
let data4 = data3[key1];
if(typeof data4 === "string"){
if(data4.length > 65536){
const err11 = {instancePath:instancePath+"/annotations/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/annotations/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 65536}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/annotations/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/annotations/additionalProperties/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
else {
const err13 = {instancePath:instancePath+"/annotations",schemaPath:"#/properties/annotations/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
validate41.errors = vErrors;
return errors === 0;
}


function validate40(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="https://netloom.dev/schemas/customization-rotation.json" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.apiVersion === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "apiVersion"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.kind === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.metadata === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "metadata"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.spec === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "spec"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "apiVersion") || (key0 === "kind")) || (key0 === "metadata")) || (key0 === "spec"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if(typeof data0 !== "string"){
const err5 = {instancePath:instancePath+"/apiVersion",schemaPath:"pieces.json#/$defs/apiVersion/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!(data0 === "netloom.dev/v1alpha1")){
const err6 = {instancePath:instancePath+"/apiVersion",schemaPath:"pieces.json#/$defs/apiVersion/enum",keyword:"enum",params:{allowedValues: schema13.enum}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if(typeof data1 !== "string"){
const err7 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!(data1 === "CustomizationRotation")){
const err8 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/enum",keyword:"enum",params:{allowedValues: schema56.properties.kind.enum}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.metadata !== undefined){
if(!(validate41(data.metadata, {instancePath:instancePath+"/metadata",parentData:data,parentDataProperty:"metadata",rootData}))){
vErrors = vErrors === null ? validate41.errors : vErrors.concat(validate41.errors);
errors = vErrors.length;
}
}
if(data.spec !== undefined){
let data3 = data.spec;
const _errs10 = errors;
let valid2 = false;
let passing0 = null;
const _errs11 = errors;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.every === undefined){
const err9 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/oneOf/0/required",keyword:"required",params:{missingProperty: "every"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
var _valid0 = _errs11 === errors;
if(_valid0){
valid2 = true;
passing0 = 0;
}
const _errs12 = errors;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.at === undefined){
const err10 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/oneOf/1/required",keyword:"required",params:{missingProperty: "at"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
var _valid0 = _errs12 === errors;
if(_valid0 && valid2){
valid2 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid2 = true;
passing0 = 1;
}
const _errs13 = errors;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.current === undefined){
const err11 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/oneOf/2/required",keyword:"required",params:{missingProperty: "current"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
var _valid0 = _errs13 === errors;
if(_valid0 && valid2){
valid2 = false;
passing0 = [passing0, 2];
}
else {
if(_valid0){
valid2 = true;
passing0 = 2;
}
}
}
if(!valid2){
const err12 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/oneOf",keyword:"oneOf",params:{passingSchemas: passing0}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
else {
errors = _errs10;
if(vErrors !== null){
if(_errs10){
vErrors.length = _errs10;
}
else {
vErrors = null;
}
}
}
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.jitter === undefined){
data3.jitter = "0s";
}
if(data3.order === undefined){
data3.order = "listed";
}
if(data3.overlap === undefined){
data3.overlap = "30s";
}
if(data3.deadline === undefined){
data3.deadline = "60s";
}
if(data3.onFailure === undefined){
data3.onFailure = "revert";
}
if(data3.retire === undefined){
data3.retire = "deprecate";
}
if(data3.through === undefined){
const err13 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "through"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
for(const key1 in data3){
if(!(func2.call(schema56.properties.spec.properties, key1))){
const err14 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data3.through !== undefined){
let data4 = data3.through;
if(Array.isArray(data4)){
if(data4.length > 64){
const err15 = {instancePath:instancePath+"/spec/through",schemaPath:"#/properties/spec/properties/through/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(data4.length < 2){
const err16 = {instancePath:instancePath+"/spec/through",schemaPath:"#/properties/spec/properties/through/minItems",keyword:"minItems",params:{limit: 2}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
const len0 = data4.length;
for(let i0=0; i0<len0; i0++){
let data5 = data4[i0];
if(typeof data5 === "string"){
if(data5.length > 63){
const err17 = {instancePath:instancePath+"/spec/through/" + i0,schemaPath:"pieces.json#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data5.length < 1){
const err18 = {instancePath:instancePath+"/spec/through/" + i0,schemaPath:"pieces.json#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(!pattern0.test(data5)){
const err19 = {instancePath:instancePath+"/spec/through/" + i0,schemaPath:"pieces.json#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/spec/through/" + i0,schemaPath:"pieces.json#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
}
else {
const err21 = {instancePath:instancePath+"/spec/through",schemaPath:"#/properties/spec/properties/through/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
if(data3.every !== undefined){
let data6 = data3.every;
if(typeof data6 === "string"){
if(data6.length > 32){
const err22 = {instancePath:instancePath+"/spec/every",schemaPath:"pieces.json#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(!pattern6.test(data6)){
const err23 = {instancePath:instancePath+"/spec/every",schemaPath:"pieces.json#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
else {
const err24 = {instancePath:instancePath+"/spec/every",schemaPath:"pieces.json#/$defs/duration/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data3.at !== undefined){
let data7 = data3.at;
if(typeof data7 === "string"){
if(data7.length > 128){
const err25 = {instancePath:instancePath+"/spec/at",schemaPath:"#/properties/spec/properties/at/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(data7.length < 9){
const err26 = {instancePath:instancePath+"/spec/at",schemaPath:"#/properties/spec/properties/at/minLength",keyword:"minLength",params:{limit: 9}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
else {
const err27 = {instancePath:instancePath+"/spec/at",schemaPath:"#/properties/spec/properties/at/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
if(data3.current !== undefined){
let data8 = data3.current;
if(typeof data8 === "string"){
if(data8.length > 63){
const err28 = {instancePath:instancePath+"/spec/current",schemaPath:"pieces.json#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if(data8.length < 1){
const err29 = {instancePath:instancePath+"/spec/current",schemaPath:"pieces.json#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
if(!pattern0.test(data8)){
const err30 = {instancePath:instancePath+"/spec/current",schemaPath:"pieces.json#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
else {
const err31 = {instancePath:instancePath+"/spec/current",schemaPath:"pieces.json#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
let data9 = data3.jitter;
if(typeof data9 === "string"){
if(data9.length > 32){
const err32 = {instancePath:instancePath+"/spec/jitter",schemaPath:"pieces.json#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(!pattern6.test(data9)){
const err33 = {instancePath:instancePath+"/spec/jitter",schemaPath:"pieces.json#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
else {
const err34 = {instancePath:instancePath+"/spec/jitter",schemaPath:"pieces.json#/$defs/duration/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
let data10 = data3.order;
if(typeof data10 !== "string"){
const err35 = {instancePath:instancePath+"/spec/order",schemaPath:"#/properties/spec/properties/order/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
if(!((data10 === "listed") || (data10 === "random"))){
const err36 = {instancePath:instancePath+"/spec/order",schemaPath:"#/properties/spec/properties/order/enum",keyword:"enum",params:{allowedValues: schema56.properties.spec.properties.order.enum}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
let data11 = data3.overlap;
if(typeof data11 === "string"){
if(data11.length > 32){
const err37 = {instancePath:instancePath+"/spec/overlap",schemaPath:"pieces.json#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(!pattern6.test(data11)){
const err38 = {instancePath:instancePath+"/spec/overlap",schemaPath:"pieces.json#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
else {
const err39 = {instancePath:instancePath+"/spec/overlap",schemaPath:"pieces.json#/$defs/duration/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
let data12 = data3.deadline;
if(typeof data12 === "string"){
if(data12.length > 32){
const err40 = {instancePath:instancePath+"/spec/deadline",schemaPath:"pieces.json#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(!pattern6.test(data12)){
const err41 = {instancePath:instancePath+"/spec/deadline",schemaPath:"pieces.json#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
else {
const err42 = {instancePath:instancePath+"/spec/deadline",schemaPath:"pieces.json#/$defs/duration/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
let data13 = data3.onFailure;
if(typeof data13 !== "string"){
const err43 = {instancePath:instancePath+"/spec/onFailure",schemaPath:"#/properties/spec/properties/onFailure/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if(!((data13 === "revert") || (data13 === "hold"))){
const err44 = {instancePath:instancePath+"/spec/onFailure",schemaPath:"#/properties/spec/properties/onFailure/enum",keyword:"enum",params:{allowedValues: schema56.properties.spec.properties.onFailure.enum}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
let data14 = data3.retire;
if(typeof data14 !== "string"){
const err45 = {instancePath:instancePath+"/spec/retire",schemaPath:"#/properties/spec/properties/retire/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
if(!(((data14 === "deprecate") || (data14 === "revoke")) || (data14 === "keep"))){
const err46 = {instancePath:instancePath+"/spec/retire",schemaPath:"#/properties/spec/properties/retire/enum",keyword:"enum",params:{allowedValues: schema56.properties.spec.properties.retire.enum}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
}
else {
const err47 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
}
else {
const err48 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
validate40.errors = vErrors;
return errors === 0;
}

export const Host = validate44;
const schema67 = {"$id":"https://netloom.dev/schemas/host.json","title":"Host","description":"A machine on the network.","x-netloom":{"plural":"hosts","shortNames":["nlh"],"columns":[{"name":"Proxy","type":"string","jsonPath":".spec.sleep.proxy"},{"name":"Daemon","type":"boolean","jsonPath":".spec.daemon"}]},"type":"object","additionalProperties":false,"required":["apiVersion","kind","metadata","spec"],"properties":{"apiVersion":{"$ref":"pieces.json#/$defs/apiVersion"},"kind":{"type":"string","enum":["Host"]},"metadata":{"$ref":"pieces.json#/$defs/metadata"},"spec":{"type":"object","additionalProperties":false,"required":["interfaces"],"properties":{"interfaces":{"type":"array","minItems":1,"maxItems":32,"x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],"items":{"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"$ref":"pieces.json#/$defs/interfaceName"},"mac":{"description":"Required on a host that sleeps.","type":"string","maxLength":17,"pattern":"^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$"},"addresses":{"type":"array","maxItems":64,"default":[],"items":{"$ref":"pieces.json#/$defs/interfaceAddress"}}}}},"daemon":{"description":"true: netloom's daemon runs there; false: known, but not managed.","type":"boolean","default":true},"sleep":{"$ref":"#/$defs/hostSleep"},"lab":{"$ref":"#/$defs/hostLab"}}}},"$defs":{"hostSleep":{"description":"The host may sleep; its traffic is then served by another host's daemon.","type":"object","additionalProperties":false,"required":["proxy"],"properties":{"proxy":{"$ref":"pieces.json#/$defs/name","description":"Name of the Host whose daemon stands in, in the same namespace."},"takeover":{"description":"Claim the host's addresses by ARP and neighbour discovery; false: the proxy is on the path anyway.","type":"boolean","default":true},"wake":{"description":"How the magic packet is sent.","type":"object","additionalProperties":false,"default":{},"properties":{"transport":{"type":"string","enum":["ethernet","udp"],"default":"ethernet"},"repeat":{"type":"integer","minimum":1,"maximum":100,"default":3},"secureOn":{"type":"object","additionalProperties":false,"required":["secretRef"],"properties":{"secretRef":{"$ref":"pieces.json#/$defs/name","description":"Name of a secret on the proxy that holds the SecureOn password."}}}}},"power":{"description":"What the host draws, to tell the energy that its sleep saves.","type":"object","additionalProperties":false,"required":["awakeWatts","asleepWatts"],"properties":{"awakeWatts":{"type":"number","minimum":0,"maximum":100000},"asleepWatts":{"type":"number","minimum":0,"maximum":100000}}},"selfService":{"description":"Accept the host's own subscription over the responder protocol, within these bounds.","type":"object","additionalProperties":false,"properties":{"rulesMax":{"type":"integer","minimum":1,"maximum":1024,"default":16},"moduleSizeMax":{"$ref":"pieces.json#/$defs/quantity","description":"Bytes of one module.","default":"1Mi"}}}}},"hostLab":{"description":"How `netloom lab` builds this host; read by nothing else.","type":"object","additionalProperties":false,"properties":{"router":{"description":"Forwards between its interfaces.","type":"boolean"},"gateway":{"description":"Default routes, at most one a family. By default the router on its network, if there is one.","type":"array","maxItems":2,"items":{"$ref":"pieces.json#/$defs/address"}},"asleep":{"description":"Goes to sleep as soon as the fleet has converged.","type":"boolean"},"run":{"description":"Commands (program and arguments) that run on the host as long as the lab does and the host is awake.","type":"array","maxItems":16,"items":{"type":"array","minItems":1,"maxItems":64,"items":{"type":"string","maxLength":4096}}},"network":{"$ref":"#/$defs/labNetwork"},"rate":{"$ref":"pieces.json#/$defs/rate"},"delay":{"$ref":"pieces.json#/$defs/duration"},"loss":{"$ref":"#/$defs/labLoss"},"interfaces":{"description":"What differs for single interfaces.","type":"array","maxItems":32,"x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],"items":{"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"$ref":"pieces.json#/$defs/interfaceName"},"network":{"$ref":"#/$defs/labNetwork"},"rate":{"$ref":"pieces.json#/$defs/rate"},"delay":{"$ref":"pieces.json#/$defs/duration"},"loss":{"$ref":"#/$defs/labLoss"}}}}}},"labNetwork":{"description":"The LAN an interface is on. Absent: the one whose networks its addresses are in.","type":"string","minLength":1,"maxLength":32,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"},"labLoss":{"description":"Percentage of packets lost in each direction.","type":"number","minimum":0,"maximum":100}}};
const schema72 = {"type":"string","minLength":1,"maxLength":15,"pattern":"^[A-Za-z0-9][-A-Za-z0-9_.@]*$"};
const schema73 = {"description":"An address with the prefix length of its network, \"10.0.0.5/24\".","type":"string","minLength":4,"maxLength":49,"pattern":"^[0-9a-fA-F:.]+/[0-9]{1,3}$"};

function validate45(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.namespace === undefined){
data.namespace = "default";
}
if(data.name === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "name") || (key0 === "namespace")) || (key0 === "labels")) || (key0 === "annotations"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(data0.length > 63){
const err2 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0.length < 1){
const err3 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!pattern0.test(data0)){
const err4 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
let data1 = data.namespace;
if(typeof data1 === "string"){
if(data1.length > 63){
const err6 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data1.length < 1){
const err7 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!pattern0.test(data1)){
const err8 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.labels !== undefined){
if(!(validate13(data.labels, {instancePath:instancePath+"/labels",parentData:data,parentDataProperty:"labels",rootData}))){
vErrors = vErrors === null ? validate13.errors : vErrors.concat(validate13.errors);
errors = vErrors.length;
}
}
if(data.annotations !== undefined){
let data3 = data.annotations;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(Object.keys(data3).length > 64){
const err10 = {instancePath:instancePath+"/annotations",schemaPath:"#/properties/annotations/maxProperties",keyword:"maxProperties",params:{limit: 64}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
for(const key1 in data3){
let data4 = data3[key1];
if(typeof data4 === "string"){
if(data4.length > 65536){
const err11 = {instancePath:instancePath+"/annotations/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/annotations/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 65536}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/annotations/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/annotations/additionalProperties/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
else {
const err13 = {instancePath:instancePath+"/annotations",schemaPath:"#/properties/annotations/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
validate45.errors = vErrors;
return errors === 0;
}

const schema74 = {"description":"The host may sleep; its traffic is then served by another host's daemon.","type":"object","additionalProperties":false,"required":["proxy"],"properties":{"proxy":{"$ref":"pieces.json#/$defs/name","description":"Name of the Host whose daemon stands in, in the same namespace."},"takeover":{"description":"Claim the host's addresses by ARP and neighbour discovery; false: the proxy is on the path anyway.","type":"boolean","default":true},"wake":{"description":"How the magic packet is sent.","type":"object","additionalProperties":false,"default":{},"properties":{"transport":{"type":"string","enum":["ethernet","udp"],"default":"ethernet"},"repeat":{"type":"integer","minimum":1,"maximum":100,"default":3},"secureOn":{"type":"object","additionalProperties":false,"required":["secretRef"],"properties":{"secretRef":{"$ref":"pieces.json#/$defs/name","description":"Name of a secret on the proxy that holds the SecureOn password."}}}}},"power":{"description":"What the host draws, to tell the energy that its sleep saves.","type":"object","additionalProperties":false,"required":["awakeWatts","asleepWatts"],"properties":{"awakeWatts":{"type":"number","minimum":0,"maximum":100000},"asleepWatts":{"type":"number","minimum":0,"maximum":100000}}},"selfService":{"description":"Accept the host's own subscription over the responder protocol, within these bounds.","type":"object","additionalProperties":false,"properties":{"rulesMax":{"type":"integer","minimum":1,"maximum":1024,"default":16},"moduleSizeMax":{"$ref":"pieces.json#/$defs/quantity","description":"Bytes of one module.","default":"1Mi"}}}}};

function validate48(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.takeover === undefined){
data.takeover = true;
}
if(data.wake === undefined){
data.wake = {};
}
if(data.proxy === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "proxy"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(((((key0 === "proxy") || (key0 === "takeover")) || (key0 === "wake")) || (key0 === "power")) || (key0 === "selfService"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.proxy !== undefined){
let data0 = data.proxy;
if(typeof data0 === "string"){
if(data0.length > 63){
const err2 = {instancePath:instancePath+"/proxy",schemaPath:"pieces.json#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0.length < 1){
const err3 = {instancePath:instancePath+"/proxy",schemaPath:"pieces.json#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!pattern0.test(data0)){
const err4 = {instancePath:instancePath+"/proxy",schemaPath:"pieces.json#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/proxy",schemaPath:"pieces.json#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(typeof data.takeover !== "boolean"){
const err6 = {instancePath:instancePath+"/takeover",schemaPath:"#/properties/takeover/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
let data2 = data.wake;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.transport === undefined){
data2.transport = "ethernet";
}
if(data2.repeat === undefined){
data2.repeat = 3;
}
for(const key1 in data2){
if(!(((key1 === "transport") || (key1 === "repeat")) || (key1 === "secureOn"))){
const err7 = {instancePath:instancePath+"/wake",schemaPath:"#/properties/wake/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
let data3 = data2.transport;
if(typeof data3 !== "string"){
const err8 = {instancePath:instancePath+"/wake/transport",schemaPath:"#/properties/wake/properties/transport/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(!((data3 === "ethernet") || (data3 === "udp"))){
const err9 = {instancePath:instancePath+"/wake/transport",schemaPath:"#/properties/wake/properties/transport/enum",keyword:"enum",params:{allowedValues: schema74.properties.wake.properties.transport.enum}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
let data4 = data2.repeat;
if(!(((typeof data4 == "number") && (!(data4 % 1) && !isNaN(data4))) && (isFinite(data4)))){
const err10 = {instancePath:instancePath+"/wake/repeat",schemaPath:"#/properties/wake/properties/repeat/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if((typeof data4 == "number") && (isFinite(data4))){
if(data4 > 100 || isNaN(data4)){
const err11 = {instancePath:instancePath+"/wake/repeat",schemaPath:"#/properties/wake/properties/repeat/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data4 < 1 || isNaN(data4)){
const err12 = {instancePath:instancePath+"/wake/repeat",schemaPath:"#/properties/wake/properties/repeat/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data2.secureOn !== undefined){
let data5 = data2.secureOn;
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
if(data5.secretRef === undefined){
const err13 = {instancePath:instancePath+"/wake/secureOn",schemaPath:"#/properties/wake/properties/secureOn/required",keyword:"required",params:{missingProperty: "secretRef"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
for(const key2 in data5){
if(!(key2 === "secretRef")){
const err14 = {instancePath:instancePath+"/wake/secureOn",schemaPath:"#/properties/wake/properties/secureOn/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data5.secretRef !== undefined){
let data6 = data5.secretRef;
if(typeof data6 === "string"){
if(data6.length > 63){
const err15 = {instancePath:instancePath+"/wake/secureOn/secretRef",schemaPath:"pieces.json#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(data6.length < 1){
const err16 = {instancePath:instancePath+"/wake/secureOn/secretRef",schemaPath:"pieces.json#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(!pattern0.test(data6)){
const err17 = {instancePath:instancePath+"/wake/secureOn/secretRef",schemaPath:"pieces.json#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/wake/secureOn/secretRef",schemaPath:"pieces.json#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
}
else {
const err19 = {instancePath:instancePath+"/wake/secureOn",schemaPath:"#/properties/wake/properties/secureOn/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
else {
const err20 = {instancePath:instancePath+"/wake",schemaPath:"#/properties/wake/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data.power !== undefined){
let data7 = data.power;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
if(data7.awakeWatts === undefined){
const err21 = {instancePath:instancePath+"/power",schemaPath:"#/properties/power/required",keyword:"required",params:{missingProperty: "awakeWatts"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(data7.asleepWatts === undefined){
const err22 = {instancePath:instancePath+"/power",schemaPath:"#/properties/power/required",keyword:"required",params:{missingProperty: "asleepWatts"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
for(const key3 in data7){
if(!((key3 === "awakeWatts") || (key3 === "asleepWatts"))){
const err23 = {instancePath:instancePath+"/power",schemaPath:"#/properties/power/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
if(data7.awakeWatts !== undefined){
let data8 = data7.awakeWatts;
if((typeof data8 == "number") && (isFinite(data8))){
if(data8 > 100000 || isNaN(data8)){
const err24 = {instancePath:instancePath+"/power/awakeWatts",schemaPath:"#/properties/power/properties/awakeWatts/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100000}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(data8 < 0 || isNaN(data8)){
const err25 = {instancePath:instancePath+"/power/awakeWatts",schemaPath:"#/properties/power/properties/awakeWatts/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
else {
const err26 = {instancePath:instancePath+"/power/awakeWatts",schemaPath:"#/properties/power/properties/awakeWatts/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data7.asleepWatts !== undefined){
let data9 = data7.asleepWatts;
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 > 100000 || isNaN(data9)){
const err27 = {instancePath:instancePath+"/power/asleepWatts",schemaPath:"#/properties/power/properties/asleepWatts/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100000}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if(data9 < 0 || isNaN(data9)){
const err28 = {instancePath:instancePath+"/power/asleepWatts",schemaPath:"#/properties/power/properties/asleepWatts/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
else {
const err29 = {instancePath:instancePath+"/power/asleepWatts",schemaPath:"#/properties/power/properties/asleepWatts/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
}
else {
const err30 = {instancePath:instancePath+"/power",schemaPath:"#/properties/power/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data.selfService !== undefined){
let data10 = data.selfService;
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
if(data10.rulesMax === undefined){
data10.rulesMax = 16;
}
if(data10.moduleSizeMax === undefined){
data10.moduleSizeMax = "1Mi";
}
for(const key4 in data10){
if(!((key4 === "rulesMax") || (key4 === "moduleSizeMax"))){
const err31 = {instancePath:instancePath+"/selfService",schemaPath:"#/properties/selfService/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
let data11 = data10.rulesMax;
if(!(((typeof data11 == "number") && (!(data11 % 1) && !isNaN(data11))) && (isFinite(data11)))){
const err32 = {instancePath:instancePath+"/selfService/rulesMax",schemaPath:"#/properties/selfService/properties/rulesMax/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 > 1024 || isNaN(data11)){
const err33 = {instancePath:instancePath+"/selfService/rulesMax",schemaPath:"#/properties/selfService/properties/rulesMax/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1024}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if(data11 < 1 || isNaN(data11)){
const err34 = {instancePath:instancePath+"/selfService/rulesMax",schemaPath:"#/properties/selfService/properties/rulesMax/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
let data12 = data10.moduleSizeMax;
if(typeof data12 === "string"){
if(data12.length > 16){
const err35 = {instancePath:instancePath+"/selfService/moduleSizeMax",schemaPath:"pieces.json#/$defs/quantity/maxLength",keyword:"maxLength",params:{limit: 16}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
if(!pattern21.test(data12)){
const err36 = {instancePath:instancePath+"/selfService/moduleSizeMax",schemaPath:"pieces.json#/$defs/quantity/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,12}(Ki|Mi|Gi|k|M|G)?$"}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
else {
const err37 = {instancePath:instancePath+"/selfService/moduleSizeMax",schemaPath:"pieces.json#/$defs/quantity/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
else {
const err38 = {instancePath:instancePath+"/selfService",schemaPath:"#/properties/selfService/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
}
else {
const err39 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
validate48.errors = vErrors;
return errors === 0;
}

const schema78 = {"description":"How `netloom lab` builds this host; read by nothing else.","type":"object","additionalProperties":false,"properties":{"router":{"description":"Forwards between its interfaces.","type":"boolean"},"gateway":{"description":"Default routes, at most one a family. By default the router on its network, if there is one.","type":"array","maxItems":2,"items":{"$ref":"pieces.json#/$defs/address"}},"asleep":{"description":"Goes to sleep as soon as the fleet has converged.","type":"boolean"},"run":{"description":"Commands (program and arguments) that run on the host as long as the lab does and the host is awake.","type":"array","maxItems":16,"items":{"type":"array","minItems":1,"maxItems":64,"items":{"type":"string","maxLength":4096}}},"network":{"$ref":"#/$defs/labNetwork"},"rate":{"$ref":"pieces.json#/$defs/rate"},"delay":{"$ref":"pieces.json#/$defs/duration"},"loss":{"$ref":"#/$defs/labLoss"},"interfaces":{"description":"What differs for single interfaces.","type":"array","maxItems":32,"x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],"items":{"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"$ref":"pieces.json#/$defs/interfaceName"},"network":{"$ref":"#/$defs/labNetwork"},"rate":{"$ref":"pieces.json#/$defs/rate"},"delay":{"$ref":"pieces.json#/$defs/duration"},"loss":{"$ref":"#/$defs/labLoss"}}}}}};
const schema80 = {"description":"The LAN an interface is on. Absent: the one whose networks its addresses are in.","type":"string","minLength":1,"maxLength":32,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"};
const schema81 = {"description":"Bits a second: a number, with a suffix k, M, G (powers of 1000).","type":"string","maxLength":16,"pattern":"^[0-9]{1,12}(\\.[0-9]{1,3})?(k|M|G)?$"};
const schema83 = {"description":"Percentage of packets lost in each direction.","type":"number","minimum":0,"maximum":100};
const pattern42 = new RegExp("^[0-9]{1,12}(\\.[0-9]{1,3})?(k|M|G)?$", "u");
const pattern34 = new RegExp("^[A-Za-z0-9][-A-Za-z0-9_.@]*$", "u");

function validate50(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(func2.call(schema78.properties, key0))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.router !== undefined){
if(typeof data.router !== "boolean"){
const err1 = {instancePath:instancePath+"/router",schemaPath:"#/properties/router/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.gateway !== undefined){
let data1 = data.gateway;
if(Array.isArray(data1)){
if(data1.length > 2){
const err2 = {instancePath:instancePath+"/gateway",schemaPath:"#/properties/gateway/maxItems",keyword:"maxItems",params:{limit: 2}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(typeof data2 === "string"){
if(data2.length > 45){
const err3 = {instancePath:instancePath+"/gateway/" + i0,schemaPath:"pieces.json#/$defs/address/maxLength",keyword:"maxLength",params:{limit: 45}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data2.length < 2){
const err4 = {instancePath:instancePath+"/gateway/" + i0,schemaPath:"pieces.json#/$defs/address/minLength",keyword:"minLength",params:{limit: 2}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(!pattern15.test(data2)){
const err5 = {instancePath:instancePath+"/gateway/" + i0,schemaPath:"pieces.json#/$defs/address/pattern",keyword:"pattern",params:{pattern: "^[0-9a-fA-F:.]+$"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/gateway/" + i0,schemaPath:"pieces.json#/$defs/address/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
}
else {
const err7 = {instancePath:instancePath+"/gateway",schemaPath:"#/properties/gateway/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.asleep !== undefined){
if(typeof data.asleep !== "boolean"){
const err8 = {instancePath:instancePath+"/asleep",schemaPath:"#/properties/asleep/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.run !== undefined){
let data4 = data.run;
if(Array.isArray(data4)){
if(data4.length > 16){
const err9 = {instancePath:instancePath+"/run",schemaPath:"#/properties/run/maxItems",keyword:"maxItems",params:{limit: 16}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
const len1 = data4.length;
for(let i1=0; i1<len1; i1++){
let data5 = data4[i1];
if(Array.isArray(data5)){
if(data5.length > 64){
const err10 = {instancePath:instancePath+"/run/" + i1,schemaPath:"#/properties/run/items/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data5.length < 1){
const err11 = {instancePath:instancePath+"/run/" + i1,schemaPath:"#/properties/run/items/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
const len2 = data5.length;
for(let i2=0; i2<len2; i2++){
let data6 = data5[i2];
if(typeof data6 === "string"){
if(data6.length > 4096){
const err12 = {instancePath:instancePath+"/run/" + i1+"/" + i2,schemaPath:"#/properties/run/items/items/maxLength",keyword:"maxLength",params:{limit: 4096}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/run/" + i1+"/" + i2,schemaPath:"#/properties/run/items/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath:instancePath+"/run/" + i1,schemaPath:"#/properties/run/items/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath:instancePath+"/run",schemaPath:"#/properties/run/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(data.network !== undefined){
let data7 = data.network;
if(typeof data7 === "string"){
if(data7.length > 32){
const err16 = {instancePath:instancePath+"/network",schemaPath:"#/$defs/labNetwork/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data7.length < 1){
const err17 = {instancePath:instancePath+"/network",schemaPath:"#/$defs/labNetwork/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(!pattern0.test(data7)){
const err18 = {instancePath:instancePath+"/network",schemaPath:"#/$defs/labNetwork/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/network",schemaPath:"#/$defs/labNetwork/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data.rate !== undefined){
let data8 = data.rate;
if(typeof data8 === "string"){
if(data8.length > 16){
const err20 = {instancePath:instancePath+"/rate",schemaPath:"pieces.json#/$defs/rate/maxLength",keyword:"maxLength",params:{limit: 16}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(!pattern42.test(data8)){
const err21 = {instancePath:instancePath+"/rate",schemaPath:"pieces.json#/$defs/rate/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,12}(\\.[0-9]{1,3})?(k|M|G)?$"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
else {
const err22 = {instancePath:instancePath+"/rate",schemaPath:"pieces.json#/$defs/rate/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
if(data.delay !== undefined){
let data9 = data.delay;
if(typeof data9 === "string"){
if(data9.length > 32){
const err23 = {instancePath:instancePath+"/delay",schemaPath:"pieces.json#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(!pattern6.test(data9)){
const err24 = {instancePath:instancePath+"/delay",schemaPath:"pieces.json#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
else {
const err25 = {instancePath:instancePath+"/delay",schemaPath:"pieces.json#/$defs/duration/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
if(data.loss !== undefined){
let data10 = data.loss;
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 > 100 || isNaN(data10)){
const err26 = {instancePath:instancePath+"/loss",schemaPath:"#/$defs/labLoss/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if(data10 < 0 || isNaN(data10)){
const err27 = {instancePath:instancePath+"/loss",schemaPath:"#/$defs/labLoss/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/loss",schemaPath:"#/$defs/labLoss/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data.interfaces !== undefined){
let data11 = data.interfaces;
if(Array.isArray(data11)){
if(data11.length > 32){
const err29 = {instancePath:instancePath+"/interfaces",schemaPath:"#/properties/interfaces/maxItems",keyword:"maxItems",params:{limit: 32}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
const len3 = data11.length;
for(let i3=0; i3<len3; i3++){
let data12 = data11[i3];
if(data12 && typeof data12 == "object" && !Array.isArray(data12)){
if(data12.name === undefined){
const err30 = {instancePath:instancePath+"/interfaces/" + i3,schemaPath:"#/properties/interfaces/items/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
for(const key1 in data12){
if(!(((((key1 === "name") || (key1 === "network")) || (key1 === "rate")) || (key1 === "delay")) || (key1 === "loss"))){
const err31 = {instancePath:instancePath+"/interfaces/" + i3,schemaPath:"#/properties/interfaces/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data12.name !== undefined){
let data13 = data12.name;
if(typeof data13 === "string"){
if(data13.length > 15){
const err32 = {instancePath:instancePath+"/interfaces/" + i3+"/name",schemaPath:"pieces.json#/$defs/interfaceName/maxLength",keyword:"maxLength",params:{limit: 15}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if(data13.length < 1){
const err33 = {instancePath:instancePath+"/interfaces/" + i3+"/name",schemaPath:"pieces.json#/$defs/interfaceName/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if(!pattern34.test(data13)){
const err34 = {instancePath:instancePath+"/interfaces/" + i3+"/name",schemaPath:"pieces.json#/$defs/interfaceName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][-A-Za-z0-9_.@]*$"}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
else {
const err35 = {instancePath:instancePath+"/interfaces/" + i3+"/name",schemaPath:"pieces.json#/$defs/interfaceName/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
if(data12.network !== undefined){
let data14 = data12.network;
if(typeof data14 === "string"){
if(data14.length > 32){
const err36 = {instancePath:instancePath+"/interfaces/" + i3+"/network",schemaPath:"#/$defs/labNetwork/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
if(data14.length < 1){
const err37 = {instancePath:instancePath+"/interfaces/" + i3+"/network",schemaPath:"#/$defs/labNetwork/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
if(!pattern0.test(data14)){
const err38 = {instancePath:instancePath+"/interfaces/" + i3+"/network",schemaPath:"#/$defs/labNetwork/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
else {
const err39 = {instancePath:instancePath+"/interfaces/" + i3+"/network",schemaPath:"#/$defs/labNetwork/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
if(data12.rate !== undefined){
let data15 = data12.rate;
if(typeof data15 === "string"){
if(data15.length > 16){
const err40 = {instancePath:instancePath+"/interfaces/" + i3+"/rate",schemaPath:"pieces.json#/$defs/rate/maxLength",keyword:"maxLength",params:{limit: 16}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(!pattern42.test(data15)){
const err41 = {instancePath:instancePath+"/interfaces/" + i3+"/rate",schemaPath:"pieces.json#/$defs/rate/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,12}(\\.[0-9]{1,3})?(k|M|G)?$"}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
else {
const err42 = {instancePath:instancePath+"/interfaces/" + i3+"/rate",schemaPath:"pieces.json#/$defs/rate/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data12.delay !== undefined){
let data16 = data12.delay;
if(typeof data16 === "string"){
if(data16.length > 32){
const err43 = {instancePath:instancePath+"/interfaces/" + i3+"/delay",schemaPath:"pieces.json#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if(!pattern6.test(data16)){
const err44 = {instancePath:instancePath+"/interfaces/" + i3+"/delay",schemaPath:"pieces.json#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
else {
const err45 = {instancePath:instancePath+"/interfaces/" + i3+"/delay",schemaPath:"pieces.json#/$defs/duration/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data12.loss !== undefined){
let data17 = data12.loss;
if((typeof data17 == "number") && (isFinite(data17))){
if(data17 > 100 || isNaN(data17)){
const err46 = {instancePath:instancePath+"/interfaces/" + i3+"/loss",schemaPath:"#/$defs/labLoss/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
if(data17 < 0 || isNaN(data17)){
const err47 = {instancePath:instancePath+"/interfaces/" + i3+"/loss",schemaPath:"#/$defs/labLoss/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
else {
const err48 = {instancePath:instancePath+"/interfaces/" + i3+"/loss",schemaPath:"#/$defs/labLoss/type",keyword:"type",params:{type: "number"}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
}
else {
const err49 = {instancePath:instancePath+"/interfaces/" + i3,schemaPath:"#/properties/interfaces/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
}
else {
const err50 = {instancePath:instancePath+"/interfaces",schemaPath:"#/properties/interfaces/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
}
}
else {
const err51 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
validate50.errors = vErrors;
return errors === 0;
}

const pattern35 = new RegExp("^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$", "u");
const pattern36 = new RegExp("^[0-9a-fA-F:.]+/[0-9]{1,3}$", "u");

function validate44(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="https://netloom.dev/schemas/host.json" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.apiVersion === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "apiVersion"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.kind === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.metadata === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "metadata"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.spec === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "spec"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "apiVersion") || (key0 === "kind")) || (key0 === "metadata")) || (key0 === "spec"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if(typeof data0 !== "string"){
const err5 = {instancePath:instancePath+"/apiVersion",schemaPath:"pieces.json#/$defs/apiVersion/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!(data0 === "netloom.dev/v1alpha1")){
const err6 = {instancePath:instancePath+"/apiVersion",schemaPath:"pieces.json#/$defs/apiVersion/enum",keyword:"enum",params:{allowedValues: schema13.enum}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if(typeof data1 !== "string"){
const err7 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!(data1 === "Host")){
const err8 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/enum",keyword:"enum",params:{allowedValues: schema67.properties.kind.enum}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.metadata !== undefined){
if(!(validate45(data.metadata, {instancePath:instancePath+"/metadata",parentData:data,parentDataProperty:"metadata",rootData}))){
vErrors = vErrors === null ? validate45.errors : vErrors.concat(validate45.errors);
errors = vErrors.length;
}
}
if(data.spec !== undefined){
let data3 = data.spec;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.daemon === undefined){
data3.daemon = true;
}
if(data3.interfaces === undefined){
const err9 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "interfaces"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
for(const key1 in data3){
if(!((((key1 === "interfaces") || (key1 === "daemon")) || (key1 === "sleep")) || (key1 === "lab"))){
const err10 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data3.interfaces !== undefined){
let data4 = data3.interfaces;
if(Array.isArray(data4)){
if(data4.length > 32){
const err11 = {instancePath:instancePath+"/spec/interfaces",schemaPath:"#/properties/spec/properties/interfaces/maxItems",keyword:"maxItems",params:{limit: 32}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data4.length < 1){
const err12 = {instancePath:instancePath+"/spec/interfaces",schemaPath:"#/properties/spec/properties/interfaces/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
const len0 = data4.length;
for(let i0=0; i0<len0; i0++){
let data5 = data4[i0];
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
if(data5.addresses === undefined){
data5.addresses = [];
}
if(data5.name === undefined){
const err13 = {instancePath:instancePath+"/spec/interfaces/" + i0,schemaPath:"#/properties/spec/properties/interfaces/items/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
for(const key2 in data5){
if(!(((key2 === "name") || (key2 === "mac")) || (key2 === "addresses"))){
const err14 = {instancePath:instancePath+"/spec/interfaces/" + i0,schemaPath:"#/properties/spec/properties/interfaces/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data5.name !== undefined){
let data6 = data5.name;
if(typeof data6 === "string"){
if(data6.length > 15){
const err15 = {instancePath:instancePath+"/spec/interfaces/" + i0+"/name",schemaPath:"pieces.json#/$defs/interfaceName/maxLength",keyword:"maxLength",params:{limit: 15}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(data6.length < 1){
const err16 = {instancePath:instancePath+"/spec/interfaces/" + i0+"/name",schemaPath:"pieces.json#/$defs/interfaceName/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(!pattern34.test(data6)){
const err17 = {instancePath:instancePath+"/spec/interfaces/" + i0+"/name",schemaPath:"pieces.json#/$defs/interfaceName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][-A-Za-z0-9_.@]*$"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/spec/interfaces/" + i0+"/name",schemaPath:"pieces.json#/$defs/interfaceName/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
if(data5.mac !== undefined){
let data7 = data5.mac;
if(typeof data7 === "string"){
if(data7.length > 17){
const err19 = {instancePath:instancePath+"/spec/interfaces/" + i0+"/mac",schemaPath:"#/properties/spec/properties/interfaces/items/properties/mac/maxLength",keyword:"maxLength",params:{limit: 17}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(!pattern35.test(data7)){
const err20 = {instancePath:instancePath+"/spec/interfaces/" + i0+"/mac",schemaPath:"#/properties/spec/properties/interfaces/items/properties/mac/pattern",keyword:"pattern",params:{pattern: "^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
else {
const err21 = {instancePath:instancePath+"/spec/interfaces/" + i0+"/mac",schemaPath:"#/properties/spec/properties/interfaces/items/properties/mac/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
let data8 = data5.addresses;
if(Array.isArray(data8)){
if(data8.length > 64){
const err22 = {instancePath:instancePath+"/spec/interfaces/" + i0+"/addresses",schemaPath:"#/properties/spec/properties/interfaces/items/properties/addresses/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
const len1 = data8.length;
for(let i1=0; i1<len1; i1++){
let data9 = data8[i1];
if(typeof data9 === "string"){
if(data9.length > 49){
const err23 = {instancePath:instancePath+"/spec/interfaces/" + i0+"/addresses/" + i1,schemaPath:"pieces.json#/$defs/interfaceAddress/maxLength",keyword:"maxLength",params:{limit: 49}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(data9.length < 4){
const err24 = {instancePath:instancePath+"/spec/interfaces/" + i0+"/addresses/" + i1,schemaPath:"pieces.json#/$defs/interfaceAddress/minLength",keyword:"minLength",params:{limit: 4}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(!pattern36.test(data9)){
const err25 = {instancePath:instancePath+"/spec/interfaces/" + i0+"/addresses/" + i1,schemaPath:"pieces.json#/$defs/interfaceAddress/pattern",keyword:"pattern",params:{pattern: "^[0-9a-fA-F:.]+/[0-9]{1,3}$"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
else {
const err26 = {instancePath:instancePath+"/spec/interfaces/" + i0+"/addresses/" + i1,schemaPath:"pieces.json#/$defs/interfaceAddress/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
}
else {
const err27 = {instancePath:instancePath+"/spec/interfaces/" + i0+"/addresses",schemaPath:"#/properties/spec/properties/interfaces/items/properties/addresses/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/spec/interfaces/" + i0,schemaPath:"#/properties/spec/properties/interfaces/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
}
else {
const err29 = {instancePath:instancePath+"/spec/interfaces",schemaPath:"#/properties/spec/properties/interfaces/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(typeof data3.daemon !== "boolean"){
const err30 = {instancePath:instancePath+"/spec/daemon",schemaPath:"#/properties/spec/properties/daemon/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
if(data3.sleep !== undefined){
if(!(validate48(data3.sleep, {instancePath:instancePath+"/spec/sleep",parentData:data3,parentDataProperty:"sleep",rootData}))){
vErrors = vErrors === null ? validate48.errors : vErrors.concat(validate48.errors);
errors = vErrors.length;
}
}
if(data3.lab !== undefined){
if(!(validate50(data3.lab, {instancePath:instancePath+"/spec/lab",parentData:data3,parentDataProperty:"lab",rootData}))){
vErrors = vErrors === null ? validate50.errors : vErrors.concat(validate50.errors);
errors = vErrors.length;
}
}
}
else {
const err31 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
}
else {
const err32 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
validate44.errors = vErrors;
return errors === 0;
}

export const MonitoringFunction = validate52;
const schema89 = {"$id":"https://netloom.dev/schemas/monitoring-function.json","title":"MonitoringFunction","description":"A probe on hosts whose events a function is called with.","x-netloom":{"plural":"monitoringfunctions","shortNames":["nlmf"],"columns":[{"name":"Probe","type":"string","jsonPath":".spec.probe.kind"},{"name":"Active","type":"boolean","jsonPath":".spec.active"}]},"type":"object","additionalProperties":false,"required":["apiVersion","kind","metadata","spec"],"properties":{"apiVersion":{"$ref":"pieces.json#/$defs/apiVersion"},"kind":{"type":"string","enum":["MonitoringFunction"]},"metadata":{"$ref":"pieces.json#/$defs/metadata"},"spec":{"type":"object","additionalProperties":false,"required":["hosts","probe","function"],"properties":{"hosts":{"$ref":"pieces.json#/$defs/labelSelector"},"priority":{"$ref":"pieces.json#/$defs/priority","default":100},"active":{"$ref":"pieces.json#/$defs/active","default":true},"probe":{"$ref":"#/$defs/probe"},"function":{"$ref":"#/$defs/functionProgram"},"parameters":{"$ref":"pieces.json#/$defs/config"},"state":{"description":"What the function keeps between calls.","type":"object","additionalProperties":false,"default":{},"properties":{"keysMax":{"type":"integer","minimum":1,"maximum":1000000,"default":100000},"expire":{"$ref":"pieces.json#/$defs/duration","description":"An entry not written for this long goes.","default":"1h"}}},"limits":{"description":"What one instance of the function may use.","type":"object","additionalProperties":false,"default":{},"properties":{"memory":{"$ref":"pieces.json#/$defs/quantity","description":"Bytes of memory.","default":"64Mi"},"time":{"$ref":"pieces.json#/$defs/duration","description":"For one event.","default":"1s"}}}}}},"$defs":{"probe":{"type":"object","additionalProperties":false,"required":["kind","interface"],"properties":{"kind":{"description":"flow: bytes and packets of each flow; scan: what port scans leave (lambda-monitoring §5.2).","type":"string","enum":["flow","scan"]},"interface":{"$ref":"pieces.json#/$defs/interfaceName"},"interval":{"$ref":"pieces.json#/$defs/duration","description":"Between two readings of the flow table.","default":"2s"},"flows":{"description":"Entries of the flow table.","type":"integer","minimum":1,"maximum":4194304,"default":65536},"acknowledged":{"description":"Events are sent again until they are acknowledged.","type":"boolean","default":false},"layout":{"description":"Of event transactions on the wire: the document's, or that of its published program.","type":"string","enum":["document","wide"],"default":"document"}}},"functionProgram":{"type":"object","additionalProperties":false,"oneOf":[{"required":["javascript"]},{"required":["wasm"]},{"required":["http"]}],"properties":{"javascript":{"$ref":"pieces.json#/$defs/path","description":"A JavaScript module that exports handle(event, context)."},"wasm":{"$ref":"pieces.json#/$defs/path","description":"A WebAssembly module that exports handle."},"http":{"description":"A function of an existing platform, called with a POST for each event.","type":"object","additionalProperties":false,"required":["url"],"properties":{"url":{"type":"string","maxLength":2048,"pattern":"^https?://[^/].*$"},"secretRef":{"$ref":"pieces.json#/$defs/name","description":"Name of a secret that is sent as bearer token."}}}}}}};

function validate53(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.namespace === undefined){
data.namespace = "default";
}
if(data.name === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "name") || (key0 === "namespace")) || (key0 === "labels")) || (key0 === "annotations"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(data0.length > 63){
const err2 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0.length < 1){
const err3 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!pattern0.test(data0)){
const err4 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
let data1 = data.namespace;
if(typeof data1 === "string"){
if(data1.length > 63){
const err6 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data1.length < 1){
const err7 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!pattern0.test(data1)){
const err8 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.labels !== undefined){
if(!(validate13(data.labels, {instancePath:instancePath+"/labels",parentData:data,parentDataProperty:"labels",rootData}))){
vErrors = vErrors === null ? validate13.errors : vErrors.concat(validate13.errors);
errors = vErrors.length;
}
}
if(data.annotations !== undefined){
let data3 = data.annotations;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(Object.keys(data3).length > 64){
const err10 = {instancePath:instancePath+"/annotations",schemaPath:"#/properties/annotations/maxProperties",keyword:"maxProperties",params:{limit: 64}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
for(const key1 in data3){
let data4 = data3[key1];
if(typeof data4 === "string"){
if(data4.length > 65536){
const err11 = {instancePath:instancePath+"/annotations/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/annotations/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 65536}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/annotations/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/annotations/additionalProperties/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
else {
const err13 = {instancePath:instancePath+"/annotations",schemaPath:"#/properties/annotations/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
validate53.errors = vErrors;
return errors === 0;
}


function validate56(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((key0 === "matchLabels") || (key0 === "matchExpressions")) || (key0 === "matchNames"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.matchLabels !== undefined){
if(!(validate13(data.matchLabels, {instancePath:instancePath+"/matchLabels",parentData:data,parentDataProperty:"matchLabels",rootData}))){
vErrors = vErrors === null ? validate13.errors : vErrors.concat(validate13.errors);
errors = vErrors.length;
}
}
if(data.matchExpressions !== undefined){
let data1 = data.matchExpressions;
if(Array.isArray(data1)){
if(data1.length > 32){
const err1 = {instancePath:instancePath+"/matchExpressions",schemaPath:"#/properties/matchExpressions/maxItems",keyword:"maxItems",params:{limit: 32}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.key === undefined){
const err2 = {instancePath:instancePath+"/matchExpressions/" + i0,schemaPath:"#/properties/matchExpressions/items/required",keyword:"required",params:{missingProperty: "key"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data2.operator === undefined){
const err3 = {instancePath:instancePath+"/matchExpressions/" + i0,schemaPath:"#/properties/matchExpressions/items/required",keyword:"required",params:{missingProperty: "operator"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key1 in data2){
if(!(((key1 === "key") || (key1 === "operator")) || (key1 === "values"))){
const err4 = {instancePath:instancePath+"/matchExpressions/" + i0,schemaPath:"#/properties/matchExpressions/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data2.key !== undefined){
let data3 = data2.key;
if(typeof data3 === "string"){
if(data3.length > 317){
const err5 = {instancePath:instancePath+"/matchExpressions/" + i0+"/key",schemaPath:"#/$defs/labelKey/maxLength",keyword:"maxLength",params:{limit: 317}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data3.length < 1){
const err6 = {instancePath:instancePath+"/matchExpressions/" + i0+"/key",schemaPath:"#/$defs/labelKey/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(!pattern2.test(data3)){
const err7 = {instancePath:instancePath+"/matchExpressions/" + i0+"/key",schemaPath:"#/$defs/labelKey/pattern",keyword:"pattern",params:{pattern: "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/matchExpressions/" + i0+"/key",schemaPath:"#/$defs/labelKey/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data2.operator !== undefined){
let data4 = data2.operator;
if(typeof data4 !== "string"){
const err9 = {instancePath:instancePath+"/matchExpressions/" + i0+"/operator",schemaPath:"#/properties/matchExpressions/items/properties/operator/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(!((((data4 === "In") || (data4 === "NotIn")) || (data4 === "Exists")) || (data4 === "DoesNotExist"))){
const err10 = {instancePath:instancePath+"/matchExpressions/" + i0+"/operator",schemaPath:"#/properties/matchExpressions/items/properties/operator/enum",keyword:"enum",params:{allowedValues: schema38.properties.matchExpressions.items.properties.operator.enum}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data2.values !== undefined){
let data5 = data2.values;
if(Array.isArray(data5)){
if(data5.length > 256){
const err11 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values",schemaPath:"#/properties/matchExpressions/items/properties/values/maxItems",keyword:"maxItems",params:{limit: 256}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
const len1 = data5.length;
for(let i1=0; i1<len1; i1++){
let data6 = data5[i1];
if(typeof data6 === "string"){
if(data6.length > 63){
const err12 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values/" + i1,schemaPath:"#/$defs/labelValue/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(!pattern3.test(data6)){
const err13 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values/" + i1,schemaPath:"#/$defs/labelValue/pattern",keyword:"pattern",params:{pattern: "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values/" + i1,schemaPath:"#/$defs/labelValue/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values",schemaPath:"#/properties/matchExpressions/items/properties/values/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
else {
const err16 = {instancePath:instancePath+"/matchExpressions/" + i0,schemaPath:"#/properties/matchExpressions/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
else {
const err17 = {instancePath:instancePath+"/matchExpressions",schemaPath:"#/properties/matchExpressions/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data.matchNames !== undefined){
let data7 = data.matchNames;
if(Array.isArray(data7)){
if(data7.length > 1024){
const err18 = {instancePath:instancePath+"/matchNames",schemaPath:"#/properties/matchNames/maxItems",keyword:"maxItems",params:{limit: 1024}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data7.length < 1){
const err19 = {instancePath:instancePath+"/matchNames",schemaPath:"#/properties/matchNames/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
const len2 = data7.length;
for(let i2=0; i2<len2; i2++){
let data8 = data7[i2];
if(typeof data8 === "string"){
if(data8.length > 63){
const err20 = {instancePath:instancePath+"/matchNames/" + i2,schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data8.length < 1){
const err21 = {instancePath:instancePath+"/matchNames/" + i2,schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(!pattern0.test(data8)){
const err22 = {instancePath:instancePath+"/matchNames/" + i2,schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/matchNames/" + i2,schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
else {
const err24 = {instancePath:instancePath+"/matchNames",schemaPath:"#/properties/matchNames/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
else {
const err25 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
validate56.errors = vErrors;
return errors === 0;
}

const schema100 = {"type":"object","additionalProperties":false,"required":["kind","interface"],"properties":{"kind":{"description":"flow: bytes and packets of each flow; scan: what port scans leave (lambda-monitoring §5.2).","type":"string","enum":["flow","scan"]},"interface":{"$ref":"pieces.json#/$defs/interfaceName"},"interval":{"$ref":"pieces.json#/$defs/duration","description":"Between two readings of the flow table.","default":"2s"},"flows":{"description":"Entries of the flow table.","type":"integer","minimum":1,"maximum":4194304,"default":65536},"acknowledged":{"description":"Events are sent again until they are acknowledged.","type":"boolean","default":false},"layout":{"description":"Of event transactions on the wire: the document's, or that of its published program.","type":"string","enum":["document","wide"],"default":"document"}}};

function validate59(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.interval === undefined){
data.interval = "2s";
}
if(data.flows === undefined){
data.flows = 65536;
}
if(data.acknowledged === undefined){
data.acknowledged = false;
}
if(data.layout === undefined){
data.layout = "document";
}
if(data.kind === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.interface === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "interface"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
for(const key0 in data){
if(!((((((key0 === "kind") || (key0 === "interface")) || (key0 === "interval")) || (key0 === "flows")) || (key0 === "acknowledged")) || (key0 === "layout"))){
const err2 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
if(data.kind !== undefined){
let data0 = data.kind;
if(typeof data0 !== "string"){
const err3 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!((data0 === "flow") || (data0 === "scan"))){
const err4 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/enum",keyword:"enum",params:{allowedValues: schema100.properties.kind.enum}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.interface !== undefined){
let data1 = data.interface;
if(typeof data1 === "string"){
if(data1.length > 15){
const err5 = {instancePath:instancePath+"/interface",schemaPath:"pieces.json#/$defs/interfaceName/maxLength",keyword:"maxLength",params:{limit: 15}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data1.length < 1){
const err6 = {instancePath:instancePath+"/interface",schemaPath:"pieces.json#/$defs/interfaceName/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(!pattern34.test(data1)){
const err7 = {instancePath:instancePath+"/interface",schemaPath:"pieces.json#/$defs/interfaceName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][-A-Za-z0-9_.@]*$"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/interface",schemaPath:"pieces.json#/$defs/interfaceName/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
let data2 = data.interval;
if(typeof data2 === "string"){
if(data2.length > 32){
const err9 = {instancePath:instancePath+"/interval",schemaPath:"pieces.json#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(!pattern6.test(data2)){
const err10 = {instancePath:instancePath+"/interval",schemaPath:"pieces.json#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/interval",schemaPath:"pieces.json#/$defs/duration/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
let data3 = data.flows;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
const err12 = {instancePath:instancePath+"/flows",schemaPath:"#/properties/flows/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 4194304 || isNaN(data3)){
const err13 = {instancePath:instancePath+"/flows",schemaPath:"#/properties/flows/maximum",keyword:"maximum",params:{comparison: "<=", limit: 4194304}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data3 < 1 || isNaN(data3)){
const err14 = {instancePath:instancePath+"/flows",schemaPath:"#/properties/flows/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(typeof data.acknowledged !== "boolean"){
const err15 = {instancePath:instancePath+"/acknowledged",schemaPath:"#/properties/acknowledged/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
let data5 = data.layout;
if(typeof data5 !== "string"){
const err16 = {instancePath:instancePath+"/layout",schemaPath:"#/properties/layout/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(!((data5 === "document") || (data5 === "wide"))){
const err17 = {instancePath:instancePath+"/layout",schemaPath:"#/properties/layout/enum",keyword:"enum",params:{allowedValues: schema100.properties.layout.enum}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
validate59.errors = vErrors;
return errors === 0;
}

const schema103 = {"type":"object","additionalProperties":false,"oneOf":[{"required":["javascript"]},{"required":["wasm"]},{"required":["http"]}],"properties":{"javascript":{"$ref":"pieces.json#/$defs/path","description":"A JavaScript module that exports handle(event, context)."},"wasm":{"$ref":"pieces.json#/$defs/path","description":"A WebAssembly module that exports handle."},"http":{"description":"A function of an existing platform, called with a POST for each event.","type":"object","additionalProperties":false,"required":["url"],"properties":{"url":{"type":"string","maxLength":2048,"pattern":"^https?://[^/].*$"},"secretRef":{"$ref":"pieces.json#/$defs/name","description":"Name of a secret that is sent as bearer token."}}}}};
const pattern57 = new RegExp("^https?://[^/].*$", "u");

function validate61(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
const _errs1 = errors;
let valid0 = false;
let passing0 = null;
const _errs2 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.javascript === undefined){
const err0 = {instancePath,schemaPath:"#/oneOf/0/required",keyword:"required",params:{missingProperty: "javascript"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
var _valid0 = _errs2 === errors;
if(_valid0){
valid0 = true;
passing0 = 0;
}
const _errs3 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.wasm === undefined){
const err1 = {instancePath,schemaPath:"#/oneOf/1/required",keyword:"required",params:{missingProperty: "wasm"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
var _valid0 = _errs3 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid0 = true;
passing0 = 1;
}
const _errs4 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.http === undefined){
const err2 = {instancePath,schemaPath:"#/oneOf/2/required",keyword:"required",params:{missingProperty: "http"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
var _valid0 = _errs4 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 2];
}
else {
if(_valid0){
valid0 = true;
passing0 = 2;
}
}
}
if(!valid0){
const err3 = {instancePath,schemaPath:"#/oneOf",keyword:"oneOf",params:{passingSchemas: passing0}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
else {
errors = _errs1;
if(vErrors !== null){
if(_errs1){
vErrors.length = _errs1;
}
else {
vErrors = null;
}
}
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((key0 === "javascript") || (key0 === "wasm")) || (key0 === "http"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.javascript !== undefined){
let data0 = data.javascript;
if(typeof data0 === "string"){
if(data0.length > 512){
const err5 = {instancePath:instancePath+"/javascript",schemaPath:"pieces.json#/$defs/path/maxLength",keyword:"maxLength",params:{limit: 512}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data0.length < 1){
const err6 = {instancePath:instancePath+"/javascript",schemaPath:"pieces.json#/$defs/path/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(!pattern10.test(data0)){
const err7 = {instancePath:instancePath+"/javascript",schemaPath:"pieces.json#/$defs/path/pattern",keyword:"pattern",params:{pattern: "^[^/].*$"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/javascript",schemaPath:"pieces.json#/$defs/path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.wasm !== undefined){
let data1 = data.wasm;
if(typeof data1 === "string"){
if(data1.length > 512){
const err9 = {instancePath:instancePath+"/wasm",schemaPath:"pieces.json#/$defs/path/maxLength",keyword:"maxLength",params:{limit: 512}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data1.length < 1){
const err10 = {instancePath:instancePath+"/wasm",schemaPath:"pieces.json#/$defs/path/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(!pattern10.test(data1)){
const err11 = {instancePath:instancePath+"/wasm",schemaPath:"pieces.json#/$defs/path/pattern",keyword:"pattern",params:{pattern: "^[^/].*$"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/wasm",schemaPath:"pieces.json#/$defs/path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.http !== undefined){
let data2 = data.http;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.url === undefined){
const err13 = {instancePath:instancePath+"/http",schemaPath:"#/properties/http/required",keyword:"required",params:{missingProperty: "url"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
for(const key1 in data2){
if(!((key1 === "url") || (key1 === "secretRef"))){
const err14 = {instancePath:instancePath+"/http",schemaPath:"#/properties/http/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data2.url !== undefined){
let data3 = data2.url;
if(typeof data3 === "string"){
if(data3.length > 2048){
const err15 = {instancePath:instancePath+"/http/url",schemaPath:"#/properties/http/properties/url/maxLength",keyword:"maxLength",params:{limit: 2048}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(!pattern57.test(data3)){
const err16 = {instancePath:instancePath+"/http/url",schemaPath:"#/properties/http/properties/url/pattern",keyword:"pattern",params:{pattern: "^https?://[^/].*$"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
else {
const err17 = {instancePath:instancePath+"/http/url",schemaPath:"#/properties/http/properties/url/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data2.secretRef !== undefined){
let data4 = data2.secretRef;
if(typeof data4 === "string"){
if(data4.length > 63){
const err18 = {instancePath:instancePath+"/http/secretRef",schemaPath:"pieces.json#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data4.length < 1){
const err19 = {instancePath:instancePath+"/http/secretRef",schemaPath:"pieces.json#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(!pattern0.test(data4)){
const err20 = {instancePath:instancePath+"/http/secretRef",schemaPath:"pieces.json#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
else {
const err21 = {instancePath:instancePath+"/http/secretRef",schemaPath:"pieces.json#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
else {
const err22 = {instancePath:instancePath+"/http",schemaPath:"#/properties/http/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
}
else {
const err23 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
validate61.errors = vErrors;
return errors === 0;
}


function validate52(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="https://netloom.dev/schemas/monitoring-function.json" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.apiVersion === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "apiVersion"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.kind === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.metadata === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "metadata"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.spec === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "spec"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "apiVersion") || (key0 === "kind")) || (key0 === "metadata")) || (key0 === "spec"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if(typeof data0 !== "string"){
const err5 = {instancePath:instancePath+"/apiVersion",schemaPath:"pieces.json#/$defs/apiVersion/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!(data0 === "netloom.dev/v1alpha1")){
const err6 = {instancePath:instancePath+"/apiVersion",schemaPath:"pieces.json#/$defs/apiVersion/enum",keyword:"enum",params:{allowedValues: schema13.enum}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if(typeof data1 !== "string"){
const err7 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!(data1 === "MonitoringFunction")){
const err8 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/enum",keyword:"enum",params:{allowedValues: schema89.properties.kind.enum}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.metadata !== undefined){
if(!(validate53(data.metadata, {instancePath:instancePath+"/metadata",parentData:data,parentDataProperty:"metadata",rootData}))){
vErrors = vErrors === null ? validate53.errors : vErrors.concat(validate53.errors);
errors = vErrors.length;
}
}
if(data.spec !== undefined){
let data3 = data.spec;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.priority === undefined){
data3.priority = 100;
}
if(data3.active === undefined){
data3.active = true;
}
if(data3.state === undefined){
data3.state = {};
}
if(data3.limits === undefined){
data3.limits = {};
}
if(data3.hosts === undefined){
const err9 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "hosts"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data3.probe === undefined){
const err10 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "probe"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data3.function === undefined){
const err11 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "function"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
for(const key1 in data3){
if(!((((((((key1 === "hosts") || (key1 === "priority")) || (key1 === "active")) || (key1 === "probe")) || (key1 === "function")) || (key1 === "parameters")) || (key1 === "state")) || (key1 === "limits"))){
const err12 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data3.hosts !== undefined){
if(!(validate56(data3.hosts, {instancePath:instancePath+"/spec/hosts",parentData:data3,parentDataProperty:"hosts",rootData}))){
vErrors = vErrors === null ? validate56.errors : vErrors.concat(validate56.errors);
errors = vErrors.length;
}
}
let data5 = data3.priority;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
const err13 = {instancePath:instancePath+"/spec/priority",schemaPath:"pieces.json#/$defs/priority/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 65535 || isNaN(data5)){
const err14 = {instancePath:instancePath+"/spec/priority",schemaPath:"pieces.json#/$defs/priority/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(data5 < 0 || isNaN(data5)){
const err15 = {instancePath:instancePath+"/spec/priority",schemaPath:"pieces.json#/$defs/priority/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(typeof data3.active !== "boolean"){
const err16 = {instancePath:instancePath+"/spec/active",schemaPath:"pieces.json#/$defs/active/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data3.probe !== undefined){
if(!(validate59(data3.probe, {instancePath:instancePath+"/spec/probe",parentData:data3,parentDataProperty:"probe",rootData}))){
vErrors = vErrors === null ? validate59.errors : vErrors.concat(validate59.errors);
errors = vErrors.length;
}
}
if(data3.function !== undefined){
if(!(validate61(data3.function, {instancePath:instancePath+"/spec/function",parentData:data3,parentDataProperty:"function",rootData}))){
vErrors = vErrors === null ? validate61.errors : vErrors.concat(validate61.errors);
errors = vErrors.length;
}
}
if(data3.parameters !== undefined){
let data9 = data3.parameters;
if(!(data9 && typeof data9 == "object" && !Array.isArray(data9))){
const err17 = {instancePath:instancePath+"/spec/parameters",schemaPath:"pieces.json#/$defs/config/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
let data10 = data3.state;
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
if(data10.keysMax === undefined){
data10.keysMax = 100000;
}
if(data10.expire === undefined){
data10.expire = "1h";
}
for(const key2 in data10){
if(!((key2 === "keysMax") || (key2 === "expire"))){
const err18 = {instancePath:instancePath+"/spec/state",schemaPath:"#/properties/spec/properties/state/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
let data11 = data10.keysMax;
if(!(((typeof data11 == "number") && (!(data11 % 1) && !isNaN(data11))) && (isFinite(data11)))){
const err19 = {instancePath:instancePath+"/spec/state/keysMax",schemaPath:"#/properties/spec/properties/state/properties/keysMax/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if((typeof data11 == "number") && (isFinite(data11))){
if(data11 > 1000000 || isNaN(data11)){
const err20 = {instancePath:instancePath+"/spec/state/keysMax",schemaPath:"#/properties/spec/properties/state/properties/keysMax/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data11 < 1 || isNaN(data11)){
const err21 = {instancePath:instancePath+"/spec/state/keysMax",schemaPath:"#/properties/spec/properties/state/properties/keysMax/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
let data12 = data10.expire;
if(typeof data12 === "string"){
if(data12.length > 32){
const err22 = {instancePath:instancePath+"/spec/state/expire",schemaPath:"pieces.json#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(!pattern6.test(data12)){
const err23 = {instancePath:instancePath+"/spec/state/expire",schemaPath:"pieces.json#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
else {
const err24 = {instancePath:instancePath+"/spec/state/expire",schemaPath:"pieces.json#/$defs/duration/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
else {
const err25 = {instancePath:instancePath+"/spec/state",schemaPath:"#/properties/spec/properties/state/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
let data13 = data3.limits;
if(data13 && typeof data13 == "object" && !Array.isArray(data13)){
if(data13.memory === undefined){
data13.memory = "64Mi";
}
if(data13.time === undefined){
data13.time = "1s";
}
for(const key3 in data13){
if(!((key3 === "memory") || (key3 === "time"))){
const err26 = {instancePath:instancePath+"/spec/limits",schemaPath:"#/properties/spec/properties/limits/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
let data14 = data13.memory;
if(typeof data14 === "string"){
if(data14.length > 16){
const err27 = {instancePath:instancePath+"/spec/limits/memory",schemaPath:"pieces.json#/$defs/quantity/maxLength",keyword:"maxLength",params:{limit: 16}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if(!pattern21.test(data14)){
const err28 = {instancePath:instancePath+"/spec/limits/memory",schemaPath:"pieces.json#/$defs/quantity/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,12}(Ki|Mi|Gi|k|M|G)?$"}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
else {
const err29 = {instancePath:instancePath+"/spec/limits/memory",schemaPath:"pieces.json#/$defs/quantity/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
let data15 = data13.time;
if(typeof data15 === "string"){
if(data15.length > 32){
const err30 = {instancePath:instancePath+"/spec/limits/time",schemaPath:"pieces.json#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
if(!pattern6.test(data15)){
const err31 = {instancePath:instancePath+"/spec/limits/time",schemaPath:"pieces.json#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
else {
const err32 = {instancePath:instancePath+"/spec/limits/time",schemaPath:"pieces.json#/$defs/duration/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
else {
const err33 = {instancePath:instancePath+"/spec/limits",schemaPath:"#/properties/spec/properties/limits/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
else {
const err34 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
}
else {
const err35 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
validate52.errors = vErrors;
return errors === 0;
}

export const Rule = validate63;
const schema111 = {"$id":"https://netloom.dev/schemas/rule.json","title":"Rule","description":"A program that decides over packets: of sleeping hosts (sleepProxy), or in netfilter (netfilter).","x-netloom":{"plural":"rules","shortNames":["nlr"],"columns":[{"name":"Priority","type":"integer","jsonPath":".spec.priority"},{"name":"Active","type":"boolean","jsonPath":".spec.active"}]},"type":"object","additionalProperties":false,"required":["apiVersion","kind","metadata","spec"],"properties":{"apiVersion":{"$ref":"pieces.json#/$defs/apiVersion"},"kind":{"type":"string","enum":["Rule"]},"metadata":{"$ref":"pieces.json#/$defs/metadata"},"spec":{"type":"object","additionalProperties":false,"required":["hosts","program"],"oneOf":[{"required":["sleepProxy"]},{"required":["netfilter"]}],"properties":{"hosts":{"$ref":"pieces.json#/$defs/labelSelector"},"priority":{"$ref":"pieces.json#/$defs/priority","default":100},"active":{"$ref":"pieces.json#/$defs/active","default":true},"sleepProxy":{"$ref":"#/$defs/sleepProxy"},"netfilter":{"$ref":"#/$defs/netfilterHook"},"program":{"$ref":"#/$defs/ruleProgram"},"limits":{"$ref":"pieces.json#/$defs/limits","default":{}},"onFault":{"description":"What becomes of a packet whose program fails.","type":"string","enum":["drop","accept"],"default":"drop"},"proposals":{"$ref":"pieces.json#/$defs/proposals"}}}},"$defs":{"sleepProxy":{"description":"Sees traffic of the selected hosts while they sleep, on their proxies.","type":"object","additionalProperties":false,"required":["layer"],"properties":{"layer":{"type":"string","enum":["IP","IPv4","IPv6","ICMP","IGMP","UDP","TCP"]},"addresses":{"description":"Destination prefixes. Absent: the host's own addresses.","type":"array","minItems":1,"maxItems":256,"items":{"$ref":"pieces.json#/$defs/prefix"}},"port":{"$ref":"pieces.json#/$defs/port","description":"Destination port, for UDP and TCP only."},"raw":{"description":"The program sees the frame from layer 2 on.","type":"boolean","default":false},"stream":{"description":"The proxy accepts TCP connections to the port for the host, and the program sees bytes in and out. Layer TCP with a port.","type":"boolean","default":false},"interval":{"$ref":"pieces.json#/$defs/duration","description":"Call the program's on_timer this often."}}},"netfilterHook":{"description":"Sees packets of the selected hosts themselves, at a hook of netfilter.","type":"object","additionalProperties":false,"required":["hook"],"properties":{"table":{"type":"string","enum":["raw","mangle","nat","filter","security"],"default":"mangle"},"hook":{"type":"string","enum":["PREROUTING","INPUT","FORWARD","OUTPUT","POSTROUTING"]},"match":{"description":"Which packets; all that is given must hold.","type":"object","additionalProperties":false,"default":{},"properties":{"family":{"description":"Absent: both.","type":"string","enum":["IPv4","IPv6"]},"inInterface":{"$ref":"pieces.json#/$defs/interfaceName"},"outInterface":{"$ref":"pieces.json#/$defs/interfaceName"},"protocol":{"description":"A name that iptables knows, or a number.","type":"string","minLength":1,"maxLength":16,"pattern":"^[a-z0-9-]+$"},"source":{"$ref":"pieces.json#/$defs/prefix"},"destination":{"$ref":"pieces.json#/$defs/prefix"},"sourcePort":{"$ref":"pieces.json#/$defs/port"},"destinationPort":{"$ref":"pieces.json#/$defs/port"}}}}},"ruleProgram":{"type":"object","additionalProperties":false,"oneOf":[{"required":["wasm"]},{"required":["lua"]},{"required":["standard"]}],"properties":{"wasm":{"$ref":"pieces.json#/$defs/path","description":"A WebAssembly module, for sleepProxy."},"standard":{"$ref":"pieces.json#/$defs/name","description":"A module that netloom ships, for sleepProxy."},"lua":{"$ref":"pieces.json#/$defs/path","description":"A Lua script, for netfilter."},"function":{"description":"The function of the Lua script that is given each packet. Absent: process_packet.","type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z_][A-Za-z0-9_]*$"},"state":{"$ref":"pieces.json#/$defs/name","description":"Rules of one host that name the same state share their Lua globals. Absent: a state of its own."},"config":{"$ref":"pieces.json#/$defs/config"}}}}};

function validate64(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.namespace === undefined){
data.namespace = "default";
}
if(data.name === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "name") || (key0 === "namespace")) || (key0 === "labels")) || (key0 === "annotations"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(data0.length > 63){
const err2 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0.length < 1){
const err3 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!pattern0.test(data0)){
const err4 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
let data1 = data.namespace;
if(typeof data1 === "string"){
if(data1.length > 63){
const err6 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data1.length < 1){
const err7 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!pattern0.test(data1)){
const err8 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.labels !== undefined){
if(!(validate13(data.labels, {instancePath:instancePath+"/labels",parentData:data,parentDataProperty:"labels",rootData}))){
vErrors = vErrors === null ? validate13.errors : vErrors.concat(validate13.errors);
errors = vErrors.length;
}
}
if(data.annotations !== undefined){
let data3 = data.annotations;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(Object.keys(data3).length > 64){
const err10 = {instancePath:instancePath+"/annotations",schemaPath:"#/properties/annotations/maxProperties",keyword:"maxProperties",params:{limit: 64}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
for(const key1 in data3){
let data4 = data3[key1];
if(typeof data4 === "string"){
if(data4.length > 65536){
const err11 = {instancePath:instancePath+"/annotations/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/annotations/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 65536}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/annotations/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/annotations/additionalProperties/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
else {
const err13 = {instancePath:instancePath+"/annotations",schemaPath:"#/properties/annotations/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
validate64.errors = vErrors;
return errors === 0;
}


function validate67(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((key0 === "matchLabels") || (key0 === "matchExpressions")) || (key0 === "matchNames"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.matchLabels !== undefined){
if(!(validate13(data.matchLabels, {instancePath:instancePath+"/matchLabels",parentData:data,parentDataProperty:"matchLabels",rootData}))){
vErrors = vErrors === null ? validate13.errors : vErrors.concat(validate13.errors);
errors = vErrors.length;
}
}
if(data.matchExpressions !== undefined){
let data1 = data.matchExpressions;
if(Array.isArray(data1)){
if(data1.length > 32){
const err1 = {instancePath:instancePath+"/matchExpressions",schemaPath:"#/properties/matchExpressions/maxItems",keyword:"maxItems",params:{limit: 32}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.key === undefined){
const err2 = {instancePath:instancePath+"/matchExpressions/" + i0,schemaPath:"#/properties/matchExpressions/items/required",keyword:"required",params:{missingProperty: "key"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data2.operator === undefined){
const err3 = {instancePath:instancePath+"/matchExpressions/" + i0,schemaPath:"#/properties/matchExpressions/items/required",keyword:"required",params:{missingProperty: "operator"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key1 in data2){
if(!(((key1 === "key") || (key1 === "operator")) || (key1 === "values"))){
const err4 = {instancePath:instancePath+"/matchExpressions/" + i0,schemaPath:"#/properties/matchExpressions/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data2.key !== undefined){
let data3 = data2.key;
if(typeof data3 === "string"){
if(data3.length > 317){
const err5 = {instancePath:instancePath+"/matchExpressions/" + i0+"/key",schemaPath:"#/$defs/labelKey/maxLength",keyword:"maxLength",params:{limit: 317}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data3.length < 1){
const err6 = {instancePath:instancePath+"/matchExpressions/" + i0+"/key",schemaPath:"#/$defs/labelKey/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(!pattern2.test(data3)){
const err7 = {instancePath:instancePath+"/matchExpressions/" + i0+"/key",schemaPath:"#/$defs/labelKey/pattern",keyword:"pattern",params:{pattern: "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/matchExpressions/" + i0+"/key",schemaPath:"#/$defs/labelKey/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data2.operator !== undefined){
let data4 = data2.operator;
if(typeof data4 !== "string"){
const err9 = {instancePath:instancePath+"/matchExpressions/" + i0+"/operator",schemaPath:"#/properties/matchExpressions/items/properties/operator/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(!((((data4 === "In") || (data4 === "NotIn")) || (data4 === "Exists")) || (data4 === "DoesNotExist"))){
const err10 = {instancePath:instancePath+"/matchExpressions/" + i0+"/operator",schemaPath:"#/properties/matchExpressions/items/properties/operator/enum",keyword:"enum",params:{allowedValues: schema38.properties.matchExpressions.items.properties.operator.enum}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data2.values !== undefined){
let data5 = data2.values;
if(Array.isArray(data5)){
if(data5.length > 256){
const err11 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values",schemaPath:"#/properties/matchExpressions/items/properties/values/maxItems",keyword:"maxItems",params:{limit: 256}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
const len1 = data5.length;
for(let i1=0; i1<len1; i1++){
let data6 = data5[i1];
if(typeof data6 === "string"){
if(data6.length > 63){
const err12 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values/" + i1,schemaPath:"#/$defs/labelValue/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(!pattern3.test(data6)){
const err13 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values/" + i1,schemaPath:"#/$defs/labelValue/pattern",keyword:"pattern",params:{pattern: "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values/" + i1,schemaPath:"#/$defs/labelValue/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values",schemaPath:"#/properties/matchExpressions/items/properties/values/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
else {
const err16 = {instancePath:instancePath+"/matchExpressions/" + i0,schemaPath:"#/properties/matchExpressions/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
else {
const err17 = {instancePath:instancePath+"/matchExpressions",schemaPath:"#/properties/matchExpressions/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data.matchNames !== undefined){
let data7 = data.matchNames;
if(Array.isArray(data7)){
if(data7.length > 1024){
const err18 = {instancePath:instancePath+"/matchNames",schemaPath:"#/properties/matchNames/maxItems",keyword:"maxItems",params:{limit: 1024}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data7.length < 1){
const err19 = {instancePath:instancePath+"/matchNames",schemaPath:"#/properties/matchNames/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
const len2 = data7.length;
for(let i2=0; i2<len2; i2++){
let data8 = data7[i2];
if(typeof data8 === "string"){
if(data8.length > 63){
const err20 = {instancePath:instancePath+"/matchNames/" + i2,schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data8.length < 1){
const err21 = {instancePath:instancePath+"/matchNames/" + i2,schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(!pattern0.test(data8)){
const err22 = {instancePath:instancePath+"/matchNames/" + i2,schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/matchNames/" + i2,schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
else {
const err24 = {instancePath:instancePath+"/matchNames",schemaPath:"#/properties/matchNames/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
else {
const err25 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
validate67.errors = vErrors;
return errors === 0;
}

const schema122 = {"description":"Sees traffic of the selected hosts while they sleep, on their proxies.","type":"object","additionalProperties":false,"required":["layer"],"properties":{"layer":{"type":"string","enum":["IP","IPv4","IPv6","ICMP","IGMP","UDP","TCP"]},"addresses":{"description":"Destination prefixes. Absent: the host's own addresses.","type":"array","minItems":1,"maxItems":256,"items":{"$ref":"pieces.json#/$defs/prefix"}},"port":{"$ref":"pieces.json#/$defs/port","description":"Destination port, for UDP and TCP only."},"raw":{"description":"The program sees the frame from layer 2 on.","type":"boolean","default":false},"stream":{"description":"The proxy accepts TCP connections to the port for the host, and the program sees bytes in and out. Layer TCP with a port.","type":"boolean","default":false},"interval":{"$ref":"pieces.json#/$defs/duration","description":"Call the program's on_timer this often."}}};
const schema123 = {"description":"An IPv4 or IPv6 prefix, \"10.0.0.0/8\"; without a length, one address.","type":"string","minLength":2,"maxLength":49,"pattern":"^[0-9a-fA-F:.]+(/[0-9]{1,3})?$"};
const pattern67 = new RegExp("^[0-9a-fA-F:.]+(/[0-9]{1,3})?$", "u");

function validate70(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.raw === undefined){
data.raw = false;
}
if(data.stream === undefined){
data.stream = false;
}
if(data.layer === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "layer"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((((((key0 === "layer") || (key0 === "addresses")) || (key0 === "port")) || (key0 === "raw")) || (key0 === "stream")) || (key0 === "interval"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.layer !== undefined){
let data0 = data.layer;
if(typeof data0 !== "string"){
const err2 = {instancePath:instancePath+"/layer",schemaPath:"#/properties/layer/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(!(((((((data0 === "IP") || (data0 === "IPv4")) || (data0 === "IPv6")) || (data0 === "ICMP")) || (data0 === "IGMP")) || (data0 === "UDP")) || (data0 === "TCP"))){
const err3 = {instancePath:instancePath+"/layer",schemaPath:"#/properties/layer/enum",keyword:"enum",params:{allowedValues: schema122.properties.layer.enum}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
if(data.addresses !== undefined){
let data1 = data.addresses;
if(Array.isArray(data1)){
if(data1.length > 256){
const err4 = {instancePath:instancePath+"/addresses",schemaPath:"#/properties/addresses/maxItems",keyword:"maxItems",params:{limit: 256}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data1.length < 1){
const err5 = {instancePath:instancePath+"/addresses",schemaPath:"#/properties/addresses/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(typeof data2 === "string"){
if(data2.length > 49){
const err6 = {instancePath:instancePath+"/addresses/" + i0,schemaPath:"pieces.json#/$defs/prefix/maxLength",keyword:"maxLength",params:{limit: 49}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data2.length < 2){
const err7 = {instancePath:instancePath+"/addresses/" + i0,schemaPath:"pieces.json#/$defs/prefix/minLength",keyword:"minLength",params:{limit: 2}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!pattern67.test(data2)){
const err8 = {instancePath:instancePath+"/addresses/" + i0,schemaPath:"pieces.json#/$defs/prefix/pattern",keyword:"pattern",params:{pattern: "^[0-9a-fA-F:.]+(/[0-9]{1,3})?$"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/addresses/" + i0,schemaPath:"pieces.json#/$defs/prefix/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
}
else {
const err10 = {instancePath:instancePath+"/addresses",schemaPath:"#/properties/addresses/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data.port !== undefined){
let data3 = data.port;
if(!(((typeof data3 == "number") && (!(data3 % 1) && !isNaN(data3))) && (isFinite(data3)))){
const err11 = {instancePath:instancePath+"/port",schemaPath:"pieces.json#/$defs/port/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if((typeof data3 == "number") && (isFinite(data3))){
if(data3 > 65535 || isNaN(data3)){
const err12 = {instancePath:instancePath+"/port",schemaPath:"pieces.json#/$defs/port/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data3 < 1 || isNaN(data3)){
const err13 = {instancePath:instancePath+"/port",schemaPath:"pieces.json#/$defs/port/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
if(typeof data.raw !== "boolean"){
const err14 = {instancePath:instancePath+"/raw",schemaPath:"#/properties/raw/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(typeof data.stream !== "boolean"){
const err15 = {instancePath:instancePath+"/stream",schemaPath:"#/properties/stream/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(data.interval !== undefined){
let data6 = data.interval;
if(typeof data6 === "string"){
if(data6.length > 32){
const err16 = {instancePath:instancePath+"/interval",schemaPath:"pieces.json#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(!pattern6.test(data6)){
const err17 = {instancePath:instancePath+"/interval",schemaPath:"pieces.json#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/interval",schemaPath:"pieces.json#/$defs/duration/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
}
else {
const err19 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
validate70.errors = vErrors;
return errors === 0;
}

const schema126 = {"description":"Sees packets of the selected hosts themselves, at a hook of netfilter.","type":"object","additionalProperties":false,"required":["hook"],"properties":{"table":{"type":"string","enum":["raw","mangle","nat","filter","security"],"default":"mangle"},"hook":{"type":"string","enum":["PREROUTING","INPUT","FORWARD","OUTPUT","POSTROUTING"]},"match":{"description":"Which packets; all that is given must hold.","type":"object","additionalProperties":false,"default":{},"properties":{"family":{"description":"Absent: both.","type":"string","enum":["IPv4","IPv6"]},"inInterface":{"$ref":"pieces.json#/$defs/interfaceName"},"outInterface":{"$ref":"pieces.json#/$defs/interfaceName"},"protocol":{"description":"A name that iptables knows, or a number.","type":"string","minLength":1,"maxLength":16,"pattern":"^[a-z0-9-]+$"},"source":{"$ref":"pieces.json#/$defs/prefix"},"destination":{"$ref":"pieces.json#/$defs/prefix"},"sourcePort":{"$ref":"pieces.json#/$defs/port"},"destinationPort":{"$ref":"pieces.json#/$defs/port"}}}}};
const pattern71 = new RegExp("^[a-z0-9-]+$", "u");

function validate72(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.table === undefined){
data.table = "mangle";
}
if(data.match === undefined){
data.match = {};
}
if(data.hook === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "hook"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(((key0 === "table") || (key0 === "hook")) || (key0 === "match"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
let data0 = data.table;
if(typeof data0 !== "string"){
const err2 = {instancePath:instancePath+"/table",schemaPath:"#/properties/table/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(!(((((data0 === "raw") || (data0 === "mangle")) || (data0 === "nat")) || (data0 === "filter")) || (data0 === "security"))){
const err3 = {instancePath:instancePath+"/table",schemaPath:"#/properties/table/enum",keyword:"enum",params:{allowedValues: schema126.properties.table.enum}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(data.hook !== undefined){
let data1 = data.hook;
if(typeof data1 !== "string"){
const err4 = {instancePath:instancePath+"/hook",schemaPath:"#/properties/hook/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(!(((((data1 === "PREROUTING") || (data1 === "INPUT")) || (data1 === "FORWARD")) || (data1 === "OUTPUT")) || (data1 === "POSTROUTING"))){
const err5 = {instancePath:instancePath+"/hook",schemaPath:"#/properties/hook/enum",keyword:"enum",params:{allowedValues: schema126.properties.hook.enum}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
let data2 = data.match;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
for(const key1 in data2){
if(!((((((((key1 === "family") || (key1 === "inInterface")) || (key1 === "outInterface")) || (key1 === "protocol")) || (key1 === "source")) || (key1 === "destination")) || (key1 === "sourcePort")) || (key1 === "destinationPort"))){
const err6 = {instancePath:instancePath+"/match",schemaPath:"#/properties/match/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data2.family !== undefined){
let data3 = data2.family;
if(typeof data3 !== "string"){
const err7 = {instancePath:instancePath+"/match/family",schemaPath:"#/properties/match/properties/family/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!((data3 === "IPv4") || (data3 === "IPv6"))){
const err8 = {instancePath:instancePath+"/match/family",schemaPath:"#/properties/match/properties/family/enum",keyword:"enum",params:{allowedValues: schema126.properties.match.properties.family.enum}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data2.inInterface !== undefined){
let data4 = data2.inInterface;
if(typeof data4 === "string"){
if(data4.length > 15){
const err9 = {instancePath:instancePath+"/match/inInterface",schemaPath:"pieces.json#/$defs/interfaceName/maxLength",keyword:"maxLength",params:{limit: 15}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data4.length < 1){
const err10 = {instancePath:instancePath+"/match/inInterface",schemaPath:"pieces.json#/$defs/interfaceName/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(!pattern34.test(data4)){
const err11 = {instancePath:instancePath+"/match/inInterface",schemaPath:"pieces.json#/$defs/interfaceName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][-A-Za-z0-9_.@]*$"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/match/inInterface",schemaPath:"pieces.json#/$defs/interfaceName/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data2.outInterface !== undefined){
let data5 = data2.outInterface;
if(typeof data5 === "string"){
if(data5.length > 15){
const err13 = {instancePath:instancePath+"/match/outInterface",schemaPath:"pieces.json#/$defs/interfaceName/maxLength",keyword:"maxLength",params:{limit: 15}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data5.length < 1){
const err14 = {instancePath:instancePath+"/match/outInterface",schemaPath:"pieces.json#/$defs/interfaceName/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(!pattern34.test(data5)){
const err15 = {instancePath:instancePath+"/match/outInterface",schemaPath:"pieces.json#/$defs/interfaceName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][-A-Za-z0-9_.@]*$"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/match/outInterface",schemaPath:"pieces.json#/$defs/interfaceName/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data2.protocol !== undefined){
let data6 = data2.protocol;
if(typeof data6 === "string"){
if(data6.length > 16){
const err17 = {instancePath:instancePath+"/match/protocol",schemaPath:"#/properties/match/properties/protocol/maxLength",keyword:"maxLength",params:{limit: 16}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data6.length < 1){
const err18 = {instancePath:instancePath+"/match/protocol",schemaPath:"#/properties/match/properties/protocol/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(!pattern71.test(data6)){
const err19 = {instancePath:instancePath+"/match/protocol",schemaPath:"#/properties/match/properties/protocol/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9-]+$"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/match/protocol",schemaPath:"#/properties/match/properties/protocol/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data2.source !== undefined){
let data7 = data2.source;
if(typeof data7 === "string"){
if(data7.length > 49){
const err21 = {instancePath:instancePath+"/match/source",schemaPath:"pieces.json#/$defs/prefix/maxLength",keyword:"maxLength",params:{limit: 49}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(data7.length < 2){
const err22 = {instancePath:instancePath+"/match/source",schemaPath:"pieces.json#/$defs/prefix/minLength",keyword:"minLength",params:{limit: 2}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(!pattern67.test(data7)){
const err23 = {instancePath:instancePath+"/match/source",schemaPath:"pieces.json#/$defs/prefix/pattern",keyword:"pattern",params:{pattern: "^[0-9a-fA-F:.]+(/[0-9]{1,3})?$"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
else {
const err24 = {instancePath:instancePath+"/match/source",schemaPath:"pieces.json#/$defs/prefix/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data2.destination !== undefined){
let data8 = data2.destination;
if(typeof data8 === "string"){
if(data8.length > 49){
const err25 = {instancePath:instancePath+"/match/destination",schemaPath:"pieces.json#/$defs/prefix/maxLength",keyword:"maxLength",params:{limit: 49}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
if(data8.length < 2){
const err26 = {instancePath:instancePath+"/match/destination",schemaPath:"pieces.json#/$defs/prefix/minLength",keyword:"minLength",params:{limit: 2}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
if(!pattern67.test(data8)){
const err27 = {instancePath:instancePath+"/match/destination",schemaPath:"pieces.json#/$defs/prefix/pattern",keyword:"pattern",params:{pattern: "^[0-9a-fA-F:.]+(/[0-9]{1,3})?$"}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/match/destination",schemaPath:"pieces.json#/$defs/prefix/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data2.sourcePort !== undefined){
let data9 = data2.sourcePort;
if(!(((typeof data9 == "number") && (!(data9 % 1) && !isNaN(data9))) && (isFinite(data9)))){
const err29 = {instancePath:instancePath+"/match/sourcePort",schemaPath:"pieces.json#/$defs/port/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 > 65535 || isNaN(data9)){
const err30 = {instancePath:instancePath+"/match/sourcePort",schemaPath:"pieces.json#/$defs/port/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
if(data9 < 1 || isNaN(data9)){
const err31 = {instancePath:instancePath+"/match/sourcePort",schemaPath:"pieces.json#/$defs/port/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
}
if(data2.destinationPort !== undefined){
let data10 = data2.destinationPort;
if(!(((typeof data10 == "number") && (!(data10 % 1) && !isNaN(data10))) && (isFinite(data10)))){
const err32 = {instancePath:instancePath+"/match/destinationPort",schemaPath:"pieces.json#/$defs/port/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
if((typeof data10 == "number") && (isFinite(data10))){
if(data10 > 65535 || isNaN(data10)){
const err33 = {instancePath:instancePath+"/match/destinationPort",schemaPath:"pieces.json#/$defs/port/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if(data10 < 1 || isNaN(data10)){
const err34 = {instancePath:instancePath+"/match/destinationPort",schemaPath:"pieces.json#/$defs/port/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
}
}
else {
const err35 = {instancePath:instancePath+"/match",schemaPath:"#/properties/match/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
else {
const err36 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
validate72.errors = vErrors;
return errors === 0;
}

const schema133 = {"type":"object","additionalProperties":false,"oneOf":[{"required":["wasm"]},{"required":["lua"]},{"required":["standard"]}],"properties":{"wasm":{"$ref":"pieces.json#/$defs/path","description":"A WebAssembly module, for sleepProxy."},"standard":{"$ref":"pieces.json#/$defs/name","description":"A module that netloom ships, for sleepProxy."},"lua":{"$ref":"pieces.json#/$defs/path","description":"A Lua script, for netfilter."},"function":{"description":"The function of the Lua script that is given each packet. Absent: process_packet.","type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z_][A-Za-z0-9_]*$"},"state":{"$ref":"pieces.json#/$defs/name","description":"Rules of one host that name the same state share their Lua globals. Absent: a state of its own."},"config":{"$ref":"pieces.json#/$defs/config"}}};
const pattern77 = new RegExp("^[A-Za-z_][A-Za-z0-9_]*$", "u");

function validate74(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
const _errs1 = errors;
let valid0 = false;
let passing0 = null;
const _errs2 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.wasm === undefined){
const err0 = {instancePath,schemaPath:"#/oneOf/0/required",keyword:"required",params:{missingProperty: "wasm"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
var _valid0 = _errs2 === errors;
if(_valid0){
valid0 = true;
passing0 = 0;
}
const _errs3 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.lua === undefined){
const err1 = {instancePath,schemaPath:"#/oneOf/1/required",keyword:"required",params:{missingProperty: "lua"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
var _valid0 = _errs3 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid0 = true;
passing0 = 1;
}
const _errs4 = errors;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.standard === undefined){
const err2 = {instancePath,schemaPath:"#/oneOf/2/required",keyword:"required",params:{missingProperty: "standard"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
var _valid0 = _errs4 === errors;
if(_valid0 && valid0){
valid0 = false;
passing0 = [passing0, 2];
}
else {
if(_valid0){
valid0 = true;
passing0 = 2;
}
}
}
if(!valid0){
const err3 = {instancePath,schemaPath:"#/oneOf",keyword:"oneOf",params:{passingSchemas: passing0}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
else {
errors = _errs1;
if(vErrors !== null){
if(_errs1){
vErrors.length = _errs1;
}
else {
vErrors = null;
}
}
}
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!((((((key0 === "wasm") || (key0 === "standard")) || (key0 === "lua")) || (key0 === "function")) || (key0 === "state")) || (key0 === "config"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.wasm !== undefined){
let data0 = data.wasm;
if(typeof data0 === "string"){
if(data0.length > 512){
const err5 = {instancePath:instancePath+"/wasm",schemaPath:"pieces.json#/$defs/path/maxLength",keyword:"maxLength",params:{limit: 512}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data0.length < 1){
const err6 = {instancePath:instancePath+"/wasm",schemaPath:"pieces.json#/$defs/path/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(!pattern10.test(data0)){
const err7 = {instancePath:instancePath+"/wasm",schemaPath:"pieces.json#/$defs/path/pattern",keyword:"pattern",params:{pattern: "^[^/].*$"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/wasm",schemaPath:"pieces.json#/$defs/path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.standard !== undefined){
let data1 = data.standard;
if(typeof data1 === "string"){
if(data1.length > 63){
const err9 = {instancePath:instancePath+"/standard",schemaPath:"pieces.json#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data1.length < 1){
const err10 = {instancePath:instancePath+"/standard",schemaPath:"pieces.json#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(!pattern0.test(data1)){
const err11 = {instancePath:instancePath+"/standard",schemaPath:"pieces.json#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/standard",schemaPath:"pieces.json#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.lua !== undefined){
let data2 = data.lua;
if(typeof data2 === "string"){
if(data2.length > 512){
const err13 = {instancePath:instancePath+"/lua",schemaPath:"pieces.json#/$defs/path/maxLength",keyword:"maxLength",params:{limit: 512}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data2.length < 1){
const err14 = {instancePath:instancePath+"/lua",schemaPath:"pieces.json#/$defs/path/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(!pattern10.test(data2)){
const err15 = {instancePath:instancePath+"/lua",schemaPath:"pieces.json#/$defs/path/pattern",keyword:"pattern",params:{pattern: "^[^/].*$"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/lua",schemaPath:"pieces.json#/$defs/path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data.function !== undefined){
let data3 = data.function;
if(typeof data3 === "string"){
if(data3.length > 128){
const err17 = {instancePath:instancePath+"/function",schemaPath:"#/properties/function/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
if(data3.length < 1){
const err18 = {instancePath:instancePath+"/function",schemaPath:"#/properties/function/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(!pattern77.test(data3)){
const err19 = {instancePath:instancePath+"/function",schemaPath:"#/properties/function/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
else {
const err20 = {instancePath:instancePath+"/function",schemaPath:"#/properties/function/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data.state !== undefined){
let data4 = data.state;
if(typeof data4 === "string"){
if(data4.length > 63){
const err21 = {instancePath:instancePath+"/state",schemaPath:"pieces.json#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(data4.length < 1){
const err22 = {instancePath:instancePath+"/state",schemaPath:"pieces.json#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(!pattern0.test(data4)){
const err23 = {instancePath:instancePath+"/state",schemaPath:"pieces.json#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
else {
const err24 = {instancePath:instancePath+"/state",schemaPath:"pieces.json#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data.config !== undefined){
let data5 = data.config;
if(!(data5 && typeof data5 == "object" && !Array.isArray(data5))){
const err25 = {instancePath:instancePath+"/config",schemaPath:"pieces.json#/$defs/config/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
}
else {
const err26 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
validate74.errors = vErrors;
return errors === 0;
}


function validate76(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.memory === undefined){
data.memory = "1Mi";
}
if(data.time === undefined){
data.time = "5ms";
}
for(const key0 in data){
if(!((key0 === "memory") || (key0 === "time"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
let data0 = data.memory;
if(typeof data0 === "string"){
if(data0.length > 16){
const err1 = {instancePath:instancePath+"/memory",schemaPath:"#/$defs/quantity/maxLength",keyword:"maxLength",params:{limit: 16}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(!pattern21.test(data0)){
const err2 = {instancePath:instancePath+"/memory",schemaPath:"#/$defs/quantity/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,12}(Ki|Mi|Gi|k|M|G)?$"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
}
else {
const err3 = {instancePath:instancePath+"/memory",schemaPath:"#/$defs/quantity/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
let data1 = data.time;
if(typeof data1 === "string"){
if(data1.length > 32){
const err4 = {instancePath:instancePath+"/time",schemaPath:"#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(!pattern6.test(data1)){
const err5 = {instancePath:instancePath+"/time",schemaPath:"#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
else {
const err6 = {instancePath:instancePath+"/time",schemaPath:"#/$defs/duration/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
validate76.errors = vErrors;
return errors === 0;
}


function validate78(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.from === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "from"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(key0 === "from")){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.from !== undefined){
let data0 = data.from;
if(Array.isArray(data0)){
if(data0.length > 16){
const err2 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/maxItems",keyword:"maxItems",params:{limit: 16}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0.length < 1){
const err3 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 === "string"){
if(data1.length > 63){
const err4 = {instancePath:instancePath+"/from/" + i0,schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data1.length < 1){
const err5 = {instancePath:instancePath+"/from/" + i0,schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!pattern0.test(data1)){
const err6 = {instancePath:instancePath+"/from/" + i0,schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/from/" + i0,schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
else {
const err8 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
else {
const err9 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
validate78.errors = vErrors;
return errors === 0;
}


function validate63(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="https://netloom.dev/schemas/rule.json" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.apiVersion === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "apiVersion"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.kind === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.metadata === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "metadata"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.spec === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "spec"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "apiVersion") || (key0 === "kind")) || (key0 === "metadata")) || (key0 === "spec"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if(typeof data0 !== "string"){
const err5 = {instancePath:instancePath+"/apiVersion",schemaPath:"pieces.json#/$defs/apiVersion/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!(data0 === "netloom.dev/v1alpha1")){
const err6 = {instancePath:instancePath+"/apiVersion",schemaPath:"pieces.json#/$defs/apiVersion/enum",keyword:"enum",params:{allowedValues: schema13.enum}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if(typeof data1 !== "string"){
const err7 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!(data1 === "Rule")){
const err8 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/enum",keyword:"enum",params:{allowedValues: schema111.properties.kind.enum}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.metadata !== undefined){
if(!(validate64(data.metadata, {instancePath:instancePath+"/metadata",parentData:data,parentDataProperty:"metadata",rootData}))){
vErrors = vErrors === null ? validate64.errors : vErrors.concat(validate64.errors);
errors = vErrors.length;
}
}
if(data.spec !== undefined){
let data3 = data.spec;
const _errs10 = errors;
let valid2 = false;
let passing0 = null;
const _errs11 = errors;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.sleepProxy === undefined){
const err9 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/oneOf/0/required",keyword:"required",params:{missingProperty: "sleepProxy"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
var _valid0 = _errs11 === errors;
if(_valid0){
valid2 = true;
passing0 = 0;
}
const _errs12 = errors;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.netfilter === undefined){
const err10 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/oneOf/1/required",keyword:"required",params:{missingProperty: "netfilter"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
var _valid0 = _errs12 === errors;
if(_valid0 && valid2){
valid2 = false;
passing0 = [passing0, 1];
}
else {
if(_valid0){
valid2 = true;
passing0 = 1;
}
}
if(!valid2){
const err11 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/oneOf",keyword:"oneOf",params:{passingSchemas: passing0}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
else {
errors = _errs10;
if(vErrors !== null){
if(_errs10){
vErrors.length = _errs10;
}
else {
vErrors = null;
}
}
}
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.priority === undefined){
data3.priority = 100;
}
if(data3.active === undefined){
data3.active = true;
}
if(data3.limits === undefined){
data3.limits = {};
}
if(data3.onFault === undefined){
data3.onFault = "drop";
}
if(data3.hosts === undefined){
const err12 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "hosts"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(data3.program === undefined){
const err13 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "program"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
for(const key1 in data3){
if(!(func2.call(schema111.properties.spec.properties, key1))){
const err14 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
if(data3.hosts !== undefined){
if(!(validate67(data3.hosts, {instancePath:instancePath+"/spec/hosts",parentData:data3,parentDataProperty:"hosts",rootData}))){
vErrors = vErrors === null ? validate67.errors : vErrors.concat(validate67.errors);
errors = vErrors.length;
}
}
let data5 = data3.priority;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
const err15 = {instancePath:instancePath+"/spec/priority",schemaPath:"pieces.json#/$defs/priority/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 65535 || isNaN(data5)){
const err16 = {instancePath:instancePath+"/spec/priority",schemaPath:"pieces.json#/$defs/priority/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data5 < 0 || isNaN(data5)){
const err17 = {instancePath:instancePath+"/spec/priority",schemaPath:"pieces.json#/$defs/priority/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(typeof data3.active !== "boolean"){
const err18 = {instancePath:instancePath+"/spec/active",schemaPath:"pieces.json#/$defs/active/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data3.sleepProxy !== undefined){
if(!(validate70(data3.sleepProxy, {instancePath:instancePath+"/spec/sleepProxy",parentData:data3,parentDataProperty:"sleepProxy",rootData}))){
vErrors = vErrors === null ? validate70.errors : vErrors.concat(validate70.errors);
errors = vErrors.length;
}
}
if(data3.netfilter !== undefined){
if(!(validate72(data3.netfilter, {instancePath:instancePath+"/spec/netfilter",parentData:data3,parentDataProperty:"netfilter",rootData}))){
vErrors = vErrors === null ? validate72.errors : vErrors.concat(validate72.errors);
errors = vErrors.length;
}
}
if(data3.program !== undefined){
if(!(validate74(data3.program, {instancePath:instancePath+"/spec/program",parentData:data3,parentDataProperty:"program",rootData}))){
vErrors = vErrors === null ? validate74.errors : vErrors.concat(validate74.errors);
errors = vErrors.length;
}
}
if(!(validate76(data3.limits, {instancePath:instancePath+"/spec/limits",parentData:data3,parentDataProperty:"limits",rootData}))){
vErrors = vErrors === null ? validate76.errors : vErrors.concat(validate76.errors);
errors = vErrors.length;
}
let data11 = data3.onFault;
if(typeof data11 !== "string"){
const err19 = {instancePath:instancePath+"/spec/onFault",schemaPath:"#/properties/spec/properties/onFault/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(!((data11 === "drop") || (data11 === "accept"))){
const err20 = {instancePath:instancePath+"/spec/onFault",schemaPath:"#/properties/spec/properties/onFault/enum",keyword:"enum",params:{allowedValues: schema111.properties.spec.properties.onFault.enum}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data3.proposals !== undefined){
if(!(validate78(data3.proposals, {instancePath:instancePath+"/spec/proposals",parentData:data3,parentDataProperty:"proposals",rootData}))){
vErrors = vErrors === null ? validate78.errors : vErrors.concat(validate78.errors);
errors = vErrors.length;
}
}
}
else {
const err21 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
}
else {
const err22 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
validate63.errors = vErrors;
return errors === 0;
}

export const Tunnel = validate80;
const schema144 = {"$id":"https://netloom.dev/schemas/tunnel.json","title":"Tunnel","description":"A proxy that splits TCP connections, so that each half has a transport that suits its path.","x-netloom":{"plural":"tunnels","shortNames":["nlt"],"columns":[{"name":"Port","type":"integer","jsonPath":".spec.listen.port"},{"name":"Handshake","type":"string","jsonPath":".spec.handshake"}]},"type":"object","additionalProperties":false,"required":["apiVersion","kind","metadata","spec"],"properties":{"apiVersion":{"$ref":"pieces.json#/$defs/apiVersion"},"kind":{"type":"string","enum":["Tunnel"]},"metadata":{"$ref":"pieces.json#/$defs/metadata"},"spec":{"type":"object","additionalProperties":false,"required":["hosts","listen","endpoints"],"properties":{"hosts":{"$ref":"pieces.json#/$defs/labelSelector"},"priority":{"$ref":"pieces.json#/$defs/priority","default":100},"active":{"$ref":"pieces.json#/$defs/active","default":true},"listen":{"type":"object","additionalProperties":false,"required":["port"],"properties":{"address":{"$ref":"pieces.json#/$defs/address","description":"\"::\" is every address of both families.","default":"::"},"port":{"$ref":"pieces.json#/$defs/port"}}},"handshake":{"description":"How a client says where it wants to go: tlv (tcp-pep §4.2), convert (RFC 8803), transparent (it does not: connections are diverted).","type":"string","enum":["tlv","convert","transparent"],"default":"tlv"},"intercept":{"$ref":"#/$defs/tunnelIntercept"},"endpoints":{"type":"object","additionalProperties":false,"required":["allow"],"properties":{"allow":{"description":"Nothing else may be reached: \"10.0.0.0/8:*\", \"[fd00::]/64:443\", \"192.0.2.1:8000-8080\".","type":"array","minItems":1,"maxItems":256,"items":{"type":"string","maxLength":64,"pattern":"^(\\[[0-9a-fA-F:.]+\\]|[0-9.]+)(/[0-9]{1,3})?:(\\*|[0-9]{1,5}(-[0-9]{1,5})?)$"}}}},"client":{"$ref":"#/$defs/tunnelSide","default":{}},"endpoint":{"$ref":"#/$defs/tunnelSide","default":{}},"fastOpen":{"description":"TCP Fast Open on the listening socket and towards the endpoint.","type":"object","additionalProperties":false,"default":{},"properties":{"queue":{"description":"Pending fast opens at once; 0 turns it off.","type":"integer","minimum":0,"maximum":65535,"default":16}}},"qdisc":{"description":"Queueing discipline set on an interface while the tunnel is active.","type":"object","additionalProperties":false,"required":["interface","kind"],"properties":{"interface":{"$ref":"pieces.json#/$defs/interfaceName"},"kind":{"type":"string","enum":["pfifo","pfifo_fast","fq","fq_codel","cake","htb","tbf"]},"rate":{"$ref":"pieces.json#/$defs/rate"}}},"connectionsMax":{"type":"integer","minimum":1,"maximum":1000000,"default":10000},"connectTimeout":{"$ref":"pieces.json#/$defs/duration","description":"For the handshake and for reaching the endpoint.","default":"10s"},"idleTimeout":{"$ref":"pieces.json#/$defs/duration","description":"A connection that carries nothing for this long is closed.","default":"2h"},"proposals":{"$ref":"pieces.json#/$defs/proposals"}}}},"$defs":{"tunnelSide":{"description":"The sockets of one half of each connection.","type":"object","additionalProperties":false,"properties":{"congestionControl":{"description":"As the host's kernel calls it. Absent: the host's default.","type":"string","minLength":1,"maxLength":15,"pattern":"^[a-z0-9_-]+$"},"sendBuffer":{"$ref":"pieces.json#/$defs/quantity"},"receiveBuffer":{"$ref":"pieces.json#/$defs/quantity"},"noDelay":{"type":"boolean","default":true},"keepAlive":{"$ref":"pieces.json#/$defs/duration"}}},"tunnelIntercept":{"description":"Which connections a transparent tunnel diverts; required for it and for no other.","type":"object","additionalProperties":false,"required":["inInterface"],"properties":{"inInterface":{"$ref":"pieces.json#/$defs/interfaceName"},"sources":{"type":"array","minItems":1,"maxItems":64,"items":{"$ref":"pieces.json#/$defs/prefix"}},"destinations":{"type":"array","minItems":1,"maxItems":64,"items":{"$ref":"pieces.json#/$defs/prefix"}},"ports":{"description":"Destination ports.","type":"array","minItems":1,"maxItems":64,"items":{"$ref":"pieces.json#/$defs/port"}}}}}};

function validate81(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.namespace === undefined){
data.namespace = "default";
}
if(data.name === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "name") || (key0 === "namespace")) || (key0 === "labels")) || (key0 === "annotations"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.name !== undefined){
let data0 = data.name;
if(typeof data0 === "string"){
if(data0.length > 63){
const err2 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0.length < 1){
const err3 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!pattern0.test(data0)){
const err4 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/name",schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
let data1 = data.namespace;
if(typeof data1 === "string"){
if(data1.length > 63){
const err6 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data1.length < 1){
const err7 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!pattern0.test(data1)){
const err8 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
else {
const err9 = {instancePath:instancePath+"/namespace",schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data.labels !== undefined){
if(!(validate13(data.labels, {instancePath:instancePath+"/labels",parentData:data,parentDataProperty:"labels",rootData}))){
vErrors = vErrors === null ? validate13.errors : vErrors.concat(validate13.errors);
errors = vErrors.length;
}
}
if(data.annotations !== undefined){
let data3 = data.annotations;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(Object.keys(data3).length > 64){
const err10 = {instancePath:instancePath+"/annotations",schemaPath:"#/properties/annotations/maxProperties",keyword:"maxProperties",params:{limit: 64}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
for(const key1 in data3){
let data4 = data3[key1];
if(typeof data4 === "string"){
if(data4.length > 65536){
const err11 = {instancePath:instancePath+"/annotations/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/annotations/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 65536}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
else {
const err12 = {instancePath:instancePath+"/annotations/" + key1.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/annotations/additionalProperties/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
}
else {
const err13 = {instancePath:instancePath+"/annotations",schemaPath:"#/properties/annotations/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
}
else {
const err14 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
validate81.errors = vErrors;
return errors === 0;
}


function validate84(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(!(((key0 === "matchLabels") || (key0 === "matchExpressions")) || (key0 === "matchNames"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.matchLabels !== undefined){
if(!(validate13(data.matchLabels, {instancePath:instancePath+"/matchLabels",parentData:data,parentDataProperty:"matchLabels",rootData}))){
vErrors = vErrors === null ? validate13.errors : vErrors.concat(validate13.errors);
errors = vErrors.length;
}
}
if(data.matchExpressions !== undefined){
let data1 = data.matchExpressions;
if(Array.isArray(data1)){
if(data1.length > 32){
const err1 = {instancePath:instancePath+"/matchExpressions",schemaPath:"#/properties/matchExpressions/maxItems",keyword:"maxItems",params:{limit: 32}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.key === undefined){
const err2 = {instancePath:instancePath+"/matchExpressions/" + i0,schemaPath:"#/properties/matchExpressions/items/required",keyword:"required",params:{missingProperty: "key"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data2.operator === undefined){
const err3 = {instancePath:instancePath+"/matchExpressions/" + i0,schemaPath:"#/properties/matchExpressions/items/required",keyword:"required",params:{missingProperty: "operator"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key1 in data2){
if(!(((key1 === "key") || (key1 === "operator")) || (key1 === "values"))){
const err4 = {instancePath:instancePath+"/matchExpressions/" + i0,schemaPath:"#/properties/matchExpressions/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data2.key !== undefined){
let data3 = data2.key;
if(typeof data3 === "string"){
if(data3.length > 317){
const err5 = {instancePath:instancePath+"/matchExpressions/" + i0+"/key",schemaPath:"#/$defs/labelKey/maxLength",keyword:"maxLength",params:{limit: 317}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(data3.length < 1){
const err6 = {instancePath:instancePath+"/matchExpressions/" + i0+"/key",schemaPath:"#/$defs/labelKey/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(!pattern2.test(data3)){
const err7 = {instancePath:instancePath+"/matchExpressions/" + i0+"/key",schemaPath:"#/$defs/labelKey/pattern",keyword:"pattern",params:{pattern: "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
else {
const err8 = {instancePath:instancePath+"/matchExpressions/" + i0+"/key",schemaPath:"#/$defs/labelKey/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data2.operator !== undefined){
let data4 = data2.operator;
if(typeof data4 !== "string"){
const err9 = {instancePath:instancePath+"/matchExpressions/" + i0+"/operator",schemaPath:"#/properties/matchExpressions/items/properties/operator/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(!((((data4 === "In") || (data4 === "NotIn")) || (data4 === "Exists")) || (data4 === "DoesNotExist"))){
const err10 = {instancePath:instancePath+"/matchExpressions/" + i0+"/operator",schemaPath:"#/properties/matchExpressions/items/properties/operator/enum",keyword:"enum",params:{allowedValues: schema38.properties.matchExpressions.items.properties.operator.enum}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data2.values !== undefined){
let data5 = data2.values;
if(Array.isArray(data5)){
if(data5.length > 256){
const err11 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values",schemaPath:"#/properties/matchExpressions/items/properties/values/maxItems",keyword:"maxItems",params:{limit: 256}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
const len1 = data5.length;
for(let i1=0; i1<len1; i1++){
let data6 = data5[i1];
if(typeof data6 === "string"){
if(data6.length > 63){
const err12 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values/" + i1,schemaPath:"#/$defs/labelValue/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(!pattern3.test(data6)){
const err13 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values/" + i1,schemaPath:"#/$defs/labelValue/pattern",keyword:"pattern",params:{pattern: "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values/" + i1,schemaPath:"#/$defs/labelValue/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath:instancePath+"/matchExpressions/" + i0+"/values",schemaPath:"#/properties/matchExpressions/items/properties/values/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
}
else {
const err16 = {instancePath:instancePath+"/matchExpressions/" + i0,schemaPath:"#/properties/matchExpressions/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
}
else {
const err17 = {instancePath:instancePath+"/matchExpressions",schemaPath:"#/properties/matchExpressions/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
if(data.matchNames !== undefined){
let data7 = data.matchNames;
if(Array.isArray(data7)){
if(data7.length > 1024){
const err18 = {instancePath:instancePath+"/matchNames",schemaPath:"#/properties/matchNames/maxItems",keyword:"maxItems",params:{limit: 1024}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
if(data7.length < 1){
const err19 = {instancePath:instancePath+"/matchNames",schemaPath:"#/properties/matchNames/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
const len2 = data7.length;
for(let i2=0; i2<len2; i2++){
let data8 = data7[i2];
if(typeof data8 === "string"){
if(data8.length > 63){
const err20 = {instancePath:instancePath+"/matchNames/" + i2,schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data8.length < 1){
const err21 = {instancePath:instancePath+"/matchNames/" + i2,schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
if(!pattern0.test(data8)){
const err22 = {instancePath:instancePath+"/matchNames/" + i2,schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/matchNames/" + i2,schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
else {
const err24 = {instancePath:instancePath+"/matchNames",schemaPath:"#/properties/matchNames/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
else {
const err25 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
validate84.errors = vErrors;
return errors === 0;
}

const schema157 = {"description":"Which connections a transparent tunnel diverts; required for it and for no other.","type":"object","additionalProperties":false,"required":["inInterface"],"properties":{"inInterface":{"$ref":"pieces.json#/$defs/interfaceName"},"sources":{"type":"array","minItems":1,"maxItems":64,"items":{"$ref":"pieces.json#/$defs/prefix"}},"destinations":{"type":"array","minItems":1,"maxItems":64,"items":{"$ref":"pieces.json#/$defs/prefix"}},"ports":{"description":"Destination ports.","type":"array","minItems":1,"maxItems":64,"items":{"$ref":"pieces.json#/$defs/port"}}}};

function validate87(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.inInterface === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "inInterface"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "inInterface") || (key0 === "sources")) || (key0 === "destinations")) || (key0 === "ports"))){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.inInterface !== undefined){
let data0 = data.inInterface;
if(typeof data0 === "string"){
if(data0.length > 15){
const err2 = {instancePath:instancePath+"/inInterface",schemaPath:"pieces.json#/$defs/interfaceName/maxLength",keyword:"maxLength",params:{limit: 15}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0.length < 1){
const err3 = {instancePath:instancePath+"/inInterface",schemaPath:"pieces.json#/$defs/interfaceName/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
if(!pattern34.test(data0)){
const err4 = {instancePath:instancePath+"/inInterface",schemaPath:"pieces.json#/$defs/interfaceName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][-A-Za-z0-9_.@]*$"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
else {
const err5 = {instancePath:instancePath+"/inInterface",schemaPath:"pieces.json#/$defs/interfaceName/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
}
if(data.sources !== undefined){
let data1 = data.sources;
if(Array.isArray(data1)){
if(data1.length > 64){
const err6 = {instancePath:instancePath+"/sources",schemaPath:"#/properties/sources/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
if(data1.length < 1){
const err7 = {instancePath:instancePath+"/sources",schemaPath:"#/properties/sources/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
let data2 = data1[i0];
if(typeof data2 === "string"){
if(data2.length > 49){
const err8 = {instancePath:instancePath+"/sources/" + i0,schemaPath:"pieces.json#/$defs/prefix/maxLength",keyword:"maxLength",params:{limit: 49}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(data2.length < 2){
const err9 = {instancePath:instancePath+"/sources/" + i0,schemaPath:"pieces.json#/$defs/prefix/minLength",keyword:"minLength",params:{limit: 2}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(!pattern67.test(data2)){
const err10 = {instancePath:instancePath+"/sources/" + i0,schemaPath:"pieces.json#/$defs/prefix/pattern",keyword:"pattern",params:{pattern: "^[0-9a-fA-F:.]+(/[0-9]{1,3})?$"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
else {
const err11 = {instancePath:instancePath+"/sources/" + i0,schemaPath:"pieces.json#/$defs/prefix/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
}
}
else {
const err12 = {instancePath:instancePath+"/sources",schemaPath:"#/properties/sources/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data.destinations !== undefined){
let data3 = data.destinations;
if(Array.isArray(data3)){
if(data3.length > 64){
const err13 = {instancePath:instancePath+"/destinations",schemaPath:"#/properties/destinations/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if(data3.length < 1){
const err14 = {instancePath:instancePath+"/destinations",schemaPath:"#/properties/destinations/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
let data4 = data3[i1];
if(typeof data4 === "string"){
if(data4.length > 49){
const err15 = {instancePath:instancePath+"/destinations/" + i1,schemaPath:"pieces.json#/$defs/prefix/maxLength",keyword:"maxLength",params:{limit: 49}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
if(data4.length < 2){
const err16 = {instancePath:instancePath+"/destinations/" + i1,schemaPath:"pieces.json#/$defs/prefix/minLength",keyword:"minLength",params:{limit: 2}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(!pattern67.test(data4)){
const err17 = {instancePath:instancePath+"/destinations/" + i1,schemaPath:"pieces.json#/$defs/prefix/pattern",keyword:"pattern",params:{pattern: "^[0-9a-fA-F:.]+(/[0-9]{1,3})?$"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
}
else {
const err18 = {instancePath:instancePath+"/destinations/" + i1,schemaPath:"pieces.json#/$defs/prefix/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
}
else {
const err19 = {instancePath:instancePath+"/destinations",schemaPath:"#/properties/destinations/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
if(data.ports !== undefined){
let data5 = data.ports;
if(Array.isArray(data5)){
if(data5.length > 64){
const err20 = {instancePath:instancePath+"/ports",schemaPath:"#/properties/ports/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(data5.length < 1){
const err21 = {instancePath:instancePath+"/ports",schemaPath:"#/properties/ports/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
const len2 = data5.length;
for(let i2=0; i2<len2; i2++){
let data6 = data5[i2];
if(!(((typeof data6 == "number") && (!(data6 % 1) && !isNaN(data6))) && (isFinite(data6)))){
const err22 = {instancePath:instancePath+"/ports/" + i2,schemaPath:"pieces.json#/$defs/port/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if((typeof data6 == "number") && (isFinite(data6))){
if(data6 > 65535 || isNaN(data6)){
const err23 = {instancePath:instancePath+"/ports/" + i2,schemaPath:"pieces.json#/$defs/port/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if(data6 < 1 || isNaN(data6)){
const err24 = {instancePath:instancePath+"/ports/" + i2,schemaPath:"pieces.json#/$defs/port/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
}
}
else {
const err25 = {instancePath:instancePath+"/ports",schemaPath:"#/properties/ports/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
}
else {
const err26 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
validate87.errors = vErrors;
return errors === 0;
}

const schema162 = {"description":"The sockets of one half of each connection.","type":"object","additionalProperties":false,"properties":{"congestionControl":{"description":"As the host's kernel calls it. Absent: the host's default.","type":"string","minLength":1,"maxLength":15,"pattern":"^[a-z0-9_-]+$"},"sendBuffer":{"$ref":"pieces.json#/$defs/quantity"},"receiveBuffer":{"$ref":"pieces.json#/$defs/quantity"},"noDelay":{"type":"boolean","default":true},"keepAlive":{"$ref":"pieces.json#/$defs/duration"}}};
const pattern92 = new RegExp("^[a-z0-9_-]+$", "u");

function validate89(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.noDelay === undefined){
data.noDelay = true;
}
for(const key0 in data){
if(!(((((key0 === "congestionControl") || (key0 === "sendBuffer")) || (key0 === "receiveBuffer")) || (key0 === "noDelay")) || (key0 === "keepAlive"))){
const err0 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
}
if(data.congestionControl !== undefined){
let data0 = data.congestionControl;
if(typeof data0 === "string"){
if(data0.length > 15){
const err1 = {instancePath:instancePath+"/congestionControl",schemaPath:"#/properties/congestionControl/maxLength",keyword:"maxLength",params:{limit: 15}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data0.length < 1){
const err2 = {instancePath:instancePath+"/congestionControl",schemaPath:"#/properties/congestionControl/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(!pattern92.test(data0)){
const err3 = {instancePath:instancePath+"/congestionControl",schemaPath:"#/properties/congestionControl/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9_-]+$"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
}
else {
const err4 = {instancePath:instancePath+"/congestionControl",schemaPath:"#/properties/congestionControl/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.sendBuffer !== undefined){
let data1 = data.sendBuffer;
if(typeof data1 === "string"){
if(data1.length > 16){
const err5 = {instancePath:instancePath+"/sendBuffer",schemaPath:"pieces.json#/$defs/quantity/maxLength",keyword:"maxLength",params:{limit: 16}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!pattern21.test(data1)){
const err6 = {instancePath:instancePath+"/sendBuffer",schemaPath:"pieces.json#/$defs/quantity/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,12}(Ki|Mi|Gi|k|M|G)?$"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/sendBuffer",schemaPath:"pieces.json#/$defs/quantity/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
if(data.receiveBuffer !== undefined){
let data2 = data.receiveBuffer;
if(typeof data2 === "string"){
if(data2.length > 16){
const err8 = {instancePath:instancePath+"/receiveBuffer",schemaPath:"pieces.json#/$defs/quantity/maxLength",keyword:"maxLength",params:{limit: 16}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
if(!pattern21.test(data2)){
const err9 = {instancePath:instancePath+"/receiveBuffer",schemaPath:"pieces.json#/$defs/quantity/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,12}(Ki|Mi|Gi|k|M|G)?$"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
}
else {
const err10 = {instancePath:instancePath+"/receiveBuffer",schemaPath:"pieces.json#/$defs/quantity/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(typeof data.noDelay !== "boolean"){
const err11 = {instancePath:instancePath+"/noDelay",schemaPath:"#/properties/noDelay/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(data.keepAlive !== undefined){
let data4 = data.keepAlive;
if(typeof data4 === "string"){
if(data4.length > 32){
const err12 = {instancePath:instancePath+"/keepAlive",schemaPath:"pieces.json#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
if(!pattern6.test(data4)){
const err13 = {instancePath:instancePath+"/keepAlive",schemaPath:"pieces.json#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
else {
const err14 = {instancePath:instancePath+"/keepAlive",schemaPath:"pieces.json#/$defs/duration/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
}
}
else {
const err15 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
validate89.errors = vErrors;
return errors === 0;
}


function validate92(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.from === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "from"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
for(const key0 in data){
if(!(key0 === "from")){
const err1 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
}
if(data.from !== undefined){
let data0 = data.from;
if(Array.isArray(data0)){
if(data0.length > 16){
const err2 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/maxItems",keyword:"maxItems",params:{limit: 16}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data0.length < 1){
const err3 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 === "string"){
if(data1.length > 63){
const err4 = {instancePath:instancePath+"/from/" + i0,schemaPath:"#/$defs/name/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
if(data1.length < 1){
const err5 = {instancePath:instancePath+"/from/" + i0,schemaPath:"#/$defs/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!pattern0.test(data1)){
const err6 = {instancePath:instancePath+"/from/" + i0,schemaPath:"#/$defs/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
else {
const err7 = {instancePath:instancePath+"/from/" + i0,schemaPath:"#/$defs/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
}
}
else {
const err8 = {instancePath:instancePath+"/from",schemaPath:"#/properties/from/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
}
else {
const err9 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
validate92.errors = vErrors;
return errors === 0;
}

const pattern91 = new RegExp("^(\\[[0-9a-fA-F:.]+\\]|[0-9.]+)(/[0-9]{1,3})?:(\\*|[0-9]{1,5}(-[0-9]{1,5})?)$", "u");

function validate80(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
/*# sourceURL="https://netloom.dev/schemas/tunnel.json" */;
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.apiVersion === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "apiVersion"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.kind === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.metadata === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "metadata"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.spec === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "spec"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!((((key0 === "apiVersion") || (key0 === "kind")) || (key0 === "metadata")) || (key0 === "spec"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if(typeof data0 !== "string"){
const err5 = {instancePath:instancePath+"/apiVersion",schemaPath:"pieces.json#/$defs/apiVersion/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!(data0 === "netloom.dev/v1alpha1")){
const err6 = {instancePath:instancePath+"/apiVersion",schemaPath:"pieces.json#/$defs/apiVersion/enum",keyword:"enum",params:{allowedValues: schema13.enum}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if(typeof data1 !== "string"){
const err7 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!(data1 === "Tunnel")){
const err8 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/enum",keyword:"enum",params:{allowedValues: schema144.properties.kind.enum}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.metadata !== undefined){
if(!(validate81(data.metadata, {instancePath:instancePath+"/metadata",parentData:data,parentDataProperty:"metadata",rootData}))){
vErrors = vErrors === null ? validate81.errors : vErrors.concat(validate81.errors);
errors = vErrors.length;
}
}
if(data.spec !== undefined){
let data3 = data.spec;
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.priority === undefined){
data3.priority = 100;
}
if(data3.active === undefined){
data3.active = true;
}
if(data3.handshake === undefined){
data3.handshake = "tlv";
}
if(data3.client === undefined){
data3.client = {};
}
if(data3.endpoint === undefined){
data3.endpoint = {};
}
if(data3.fastOpen === undefined){
data3.fastOpen = {};
}
if(data3.connectionsMax === undefined){
data3.connectionsMax = 10000;
}
if(data3.connectTimeout === undefined){
data3.connectTimeout = "10s";
}
if(data3.idleTimeout === undefined){
data3.idleTimeout = "2h";
}
if(data3.hosts === undefined){
const err9 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "hosts"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
if(data3.listen === undefined){
const err10 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "listen"}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
if(data3.endpoints === undefined){
const err11 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "endpoints"}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
for(const key1 in data3){
if(!(func2.call(schema144.properties.spec.properties, key1))){
const err12 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
if(data3.hosts !== undefined){
if(!(validate84(data3.hosts, {instancePath:instancePath+"/spec/hosts",parentData:data3,parentDataProperty:"hosts",rootData}))){
vErrors = vErrors === null ? validate84.errors : vErrors.concat(validate84.errors);
errors = vErrors.length;
}
}
let data5 = data3.priority;
if(!(((typeof data5 == "number") && (!(data5 % 1) && !isNaN(data5))) && (isFinite(data5)))){
const err13 = {instancePath:instancePath+"/spec/priority",schemaPath:"pieces.json#/$defs/priority/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
if((typeof data5 == "number") && (isFinite(data5))){
if(data5 > 65535 || isNaN(data5)){
const err14 = {instancePath:instancePath+"/spec/priority",schemaPath:"pieces.json#/$defs/priority/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(data5 < 0 || isNaN(data5)){
const err15 = {instancePath:instancePath+"/spec/priority",schemaPath:"pieces.json#/$defs/priority/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
if(typeof data3.active !== "boolean"){
const err16 = {instancePath:instancePath+"/spec/active",schemaPath:"pieces.json#/$defs/active/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
if(data3.listen !== undefined){
let data7 = data3.listen;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
if(data7.address === undefined){
data7.address = "::";
}
if(data7.port === undefined){
const err17 = {instancePath:instancePath+"/spec/listen",schemaPath:"#/properties/spec/properties/listen/required",keyword:"required",params:{missingProperty: "port"}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
for(const key2 in data7){
if(!((key2 === "address") || (key2 === "port"))){
const err18 = {instancePath:instancePath+"/spec/listen",schemaPath:"#/properties/spec/properties/listen/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key2}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
let data8 = data7.address;
if(typeof data8 === "string"){
if(data8.length > 45){
const err19 = {instancePath:instancePath+"/spec/listen/address",schemaPath:"pieces.json#/$defs/address/maxLength",keyword:"maxLength",params:{limit: 45}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
if(data8.length < 2){
const err20 = {instancePath:instancePath+"/spec/listen/address",schemaPath:"pieces.json#/$defs/address/minLength",keyword:"minLength",params:{limit: 2}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
if(!pattern15.test(data8)){
const err21 = {instancePath:instancePath+"/spec/listen/address",schemaPath:"pieces.json#/$defs/address/pattern",keyword:"pattern",params:{pattern: "^[0-9a-fA-F:.]+$"}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
}
else {
const err22 = {instancePath:instancePath+"/spec/listen/address",schemaPath:"pieces.json#/$defs/address/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
if(data7.port !== undefined){
let data9 = data7.port;
if(!(((typeof data9 == "number") && (!(data9 % 1) && !isNaN(data9))) && (isFinite(data9)))){
const err23 = {instancePath:instancePath+"/spec/listen/port",schemaPath:"pieces.json#/$defs/port/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
if((typeof data9 == "number") && (isFinite(data9))){
if(data9 > 65535 || isNaN(data9)){
const err24 = {instancePath:instancePath+"/spec/listen/port",schemaPath:"pieces.json#/$defs/port/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
if(data9 < 1 || isNaN(data9)){
const err25 = {instancePath:instancePath+"/spec/listen/port",schemaPath:"pieces.json#/$defs/port/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
}
}
else {
const err26 = {instancePath:instancePath+"/spec/listen",schemaPath:"#/properties/spec/properties/listen/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
let data10 = data3.handshake;
if(typeof data10 !== "string"){
const err27 = {instancePath:instancePath+"/spec/handshake",schemaPath:"#/properties/spec/properties/handshake/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
if(!(((data10 === "tlv") || (data10 === "convert")) || (data10 === "transparent"))){
const err28 = {instancePath:instancePath+"/spec/handshake",schemaPath:"#/properties/spec/properties/handshake/enum",keyword:"enum",params:{allowedValues: schema144.properties.spec.properties.handshake.enum}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
if(data3.intercept !== undefined){
if(!(validate87(data3.intercept, {instancePath:instancePath+"/spec/intercept",parentData:data3,parentDataProperty:"intercept",rootData}))){
vErrors = vErrors === null ? validate87.errors : vErrors.concat(validate87.errors);
errors = vErrors.length;
}
}
if(data3.endpoints !== undefined){
let data12 = data3.endpoints;
if(data12 && typeof data12 == "object" && !Array.isArray(data12)){
if(data12.allow === undefined){
const err29 = {instancePath:instancePath+"/spec/endpoints",schemaPath:"#/properties/spec/properties/endpoints/required",keyword:"required",params:{missingProperty: "allow"}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
for(const key3 in data12){
if(!(key3 === "allow")){
const err30 = {instancePath:instancePath+"/spec/endpoints",schemaPath:"#/properties/spec/properties/endpoints/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key3}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
if(data12.allow !== undefined){
let data13 = data12.allow;
if(Array.isArray(data13)){
if(data13.length > 256){
const err31 = {instancePath:instancePath+"/spec/endpoints/allow",schemaPath:"#/properties/spec/properties/endpoints/properties/allow/maxItems",keyword:"maxItems",params:{limit: 256}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
if(data13.length < 1){
const err32 = {instancePath:instancePath+"/spec/endpoints/allow",schemaPath:"#/properties/spec/properties/endpoints/properties/allow/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
const len0 = data13.length;
for(let i0=0; i0<len0; i0++){
let data14 = data13[i0];
if(typeof data14 === "string"){
if(data14.length > 64){
const err33 = {instancePath:instancePath+"/spec/endpoints/allow/" + i0,schemaPath:"#/properties/spec/properties/endpoints/properties/allow/items/maxLength",keyword:"maxLength",params:{limit: 64}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
if(!pattern91.test(data14)){
const err34 = {instancePath:instancePath+"/spec/endpoints/allow/" + i0,schemaPath:"#/properties/spec/properties/endpoints/properties/allow/items/pattern",keyword:"pattern",params:{pattern: "^(\\[[0-9a-fA-F:.]+\\]|[0-9.]+)(/[0-9]{1,3})?:(\\*|[0-9]{1,5}(-[0-9]{1,5})?)$"}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
else {
const err35 = {instancePath:instancePath+"/spec/endpoints/allow/" + i0,schemaPath:"#/properties/spec/properties/endpoints/properties/allow/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
}
}
else {
const err36 = {instancePath:instancePath+"/spec/endpoints/allow",schemaPath:"#/properties/spec/properties/endpoints/properties/allow/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
}
else {
const err37 = {instancePath:instancePath+"/spec/endpoints",schemaPath:"#/properties/spec/properties/endpoints/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
if(!(validate89(data3.client, {instancePath:instancePath+"/spec/client",parentData:data3,parentDataProperty:"client",rootData}))){
vErrors = vErrors === null ? validate89.errors : vErrors.concat(validate89.errors);
errors = vErrors.length;
}
if(!(validate89(data3.endpoint, {instancePath:instancePath+"/spec/endpoint",parentData:data3,parentDataProperty:"endpoint",rootData}))){
vErrors = vErrors === null ? validate89.errors : vErrors.concat(validate89.errors);
errors = vErrors.length;
}
let data17 = data3.fastOpen;
if(data17 && typeof data17 == "object" && !Array.isArray(data17)){
if(data17.queue === undefined){
data17.queue = 16;
}
for(const key4 in data17){
if(!(key4 === "queue")){
const err38 = {instancePath:instancePath+"/spec/fastOpen",schemaPath:"#/properties/spec/properties/fastOpen/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
let data18 = data17.queue;
if(!(((typeof data18 == "number") && (!(data18 % 1) && !isNaN(data18))) && (isFinite(data18)))){
const err39 = {instancePath:instancePath+"/spec/fastOpen/queue",schemaPath:"#/properties/spec/properties/fastOpen/properties/queue/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
if((typeof data18 == "number") && (isFinite(data18))){
if(data18 > 65535 || isNaN(data18)){
const err40 = {instancePath:instancePath+"/spec/fastOpen/queue",schemaPath:"#/properties/spec/properties/fastOpen/properties/queue/maximum",keyword:"maximum",params:{comparison: "<=", limit: 65535}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
if(data18 < 0 || isNaN(data18)){
const err41 = {instancePath:instancePath+"/spec/fastOpen/queue",schemaPath:"#/properties/spec/properties/fastOpen/properties/queue/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
}
else {
const err42 = {instancePath:instancePath+"/spec/fastOpen",schemaPath:"#/properties/spec/properties/fastOpen/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
if(data3.qdisc !== undefined){
let data19 = data3.qdisc;
if(data19 && typeof data19 == "object" && !Array.isArray(data19)){
if(data19.interface === undefined){
const err43 = {instancePath:instancePath+"/spec/qdisc",schemaPath:"#/properties/spec/properties/qdisc/required",keyword:"required",params:{missingProperty: "interface"}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
if(data19.kind === undefined){
const err44 = {instancePath:instancePath+"/spec/qdisc",schemaPath:"#/properties/spec/properties/qdisc/required",keyword:"required",params:{missingProperty: "kind"}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
for(const key5 in data19){
if(!(((key5 === "interface") || (key5 === "kind")) || (key5 === "rate"))){
const err45 = {instancePath:instancePath+"/spec/qdisc",schemaPath:"#/properties/spec/properties/qdisc/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data19.interface !== undefined){
let data20 = data19.interface;
if(typeof data20 === "string"){
if(data20.length > 15){
const err46 = {instancePath:instancePath+"/spec/qdisc/interface",schemaPath:"pieces.json#/$defs/interfaceName/maxLength",keyword:"maxLength",params:{limit: 15}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
if(data20.length < 1){
const err47 = {instancePath:instancePath+"/spec/qdisc/interface",schemaPath:"pieces.json#/$defs/interfaceName/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
if(!pattern34.test(data20)){
const err48 = {instancePath:instancePath+"/spec/qdisc/interface",schemaPath:"pieces.json#/$defs/interfaceName/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9][-A-Za-z0-9_.@]*$"}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
else {
const err49 = {instancePath:instancePath+"/spec/qdisc/interface",schemaPath:"pieces.json#/$defs/interfaceName/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
if(data19.kind !== undefined){
let data21 = data19.kind;
if(typeof data21 !== "string"){
const err50 = {instancePath:instancePath+"/spec/qdisc/kind",schemaPath:"#/properties/spec/properties/qdisc/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
if(!(((((((data21 === "pfifo") || (data21 === "pfifo_fast")) || (data21 === "fq")) || (data21 === "fq_codel")) || (data21 === "cake")) || (data21 === "htb")) || (data21 === "tbf"))){
const err51 = {instancePath:instancePath+"/spec/qdisc/kind",schemaPath:"#/properties/spec/properties/qdisc/properties/kind/enum",keyword:"enum",params:{allowedValues: schema144.properties.spec.properties.qdisc.properties.kind.enum}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
}
if(data19.rate !== undefined){
let data22 = data19.rate;
if(typeof data22 === "string"){
if(data22.length > 16){
const err52 = {instancePath:instancePath+"/spec/qdisc/rate",schemaPath:"pieces.json#/$defs/rate/maxLength",keyword:"maxLength",params:{limit: 16}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
if(!pattern42.test(data22)){
const err53 = {instancePath:instancePath+"/spec/qdisc/rate",schemaPath:"pieces.json#/$defs/rate/pattern",keyword:"pattern",params:{pattern: "^[0-9]{1,12}(\\.[0-9]{1,3})?(k|M|G)?$"}};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
else {
const err54 = {instancePath:instancePath+"/spec/qdisc/rate",schemaPath:"pieces.json#/$defs/rate/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
}
}
else {
const err55 = {instancePath:instancePath+"/spec/qdisc",schemaPath:"#/properties/spec/properties/qdisc/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
let data23 = data3.connectionsMax;
if(!(((typeof data23 == "number") && (!(data23 % 1) && !isNaN(data23))) && (isFinite(data23)))){
const err56 = {instancePath:instancePath+"/spec/connectionsMax",schemaPath:"#/properties/spec/properties/connectionsMax/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
if((typeof data23 == "number") && (isFinite(data23))){
if(data23 > 1000000 || isNaN(data23)){
const err57 = {instancePath:instancePath+"/spec/connectionsMax",schemaPath:"#/properties/spec/properties/connectionsMax/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000}};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
if(data23 < 1 || isNaN(data23)){
const err58 = {instancePath:instancePath+"/spec/connectionsMax",schemaPath:"#/properties/spec/properties/connectionsMax/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
let data24 = data3.connectTimeout;
if(typeof data24 === "string"){
if(data24.length > 32){
const err59 = {instancePath:instancePath+"/spec/connectTimeout",schemaPath:"pieces.json#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
if(!pattern6.test(data24)){
const err60 = {instancePath:instancePath+"/spec/connectTimeout",schemaPath:"pieces.json#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"}};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
else {
const err61 = {instancePath:instancePath+"/spec/connectTimeout",schemaPath:"pieces.json#/$defs/duration/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
let data25 = data3.idleTimeout;
if(typeof data25 === "string"){
if(data25.length > 32){
const err62 = {instancePath:instancePath+"/spec/idleTimeout",schemaPath:"pieces.json#/$defs/duration/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
if(!pattern6.test(data25)){
const err63 = {instancePath:instancePath+"/spec/idleTimeout",schemaPath:"pieces.json#/$defs/duration/pattern",keyword:"pattern",params:{pattern: "^([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h|d)){1,5}$"}};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
else {
const err64 = {instancePath:instancePath+"/spec/idleTimeout",schemaPath:"pieces.json#/$defs/duration/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
if(data3.proposals !== undefined){
if(!(validate92(data3.proposals, {instancePath:instancePath+"/spec/proposals",parentData:data3,parentDataProperty:"proposals",rootData}))){
vErrors = vErrors === null ? validate92.errors : vErrors.concat(validate92.errors);
errors = vErrors.length;
}
}
}
else {
const err65 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
}
else {
const err66 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
validate80.errors = vErrors;
return errors === 0;
}

