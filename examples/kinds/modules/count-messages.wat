;; Observes messages and leaves them as they are (the "monitoring" type of layer-4.5 §2.2.2): every message is answered
;; with the verdict "not mine", and counted. Build: test/examples.test.ts says how, and that the .wasm is of this text.
(module
  (memory (export "memory") 1)
  (global $top (mut i32) (i32.const 1024))
  ;; 0: verdict "not mine". 4: length of the report (8). 8: messages sent. 12: messages received. 16: the answer to a challenge.
  (data (i32.const 0) "\01\00\00\00\08\00\00\00")
  (func (export "allocate") (param $size i32) (result i32)
    (local $start i32)
    (local.set $start (global.get $top))
    (if (i32.gt_u (i32.add (global.get $top) (local.get $size)) (i32.const 65536)) (then (unreachable)))
    (global.set $top (i32.and (i32.add (i32.add (global.get $top) (local.get $size)) (i32.const 7)) (i32.const -8)))
    (local.get $start))
  ;; One message is in hand at a time: what is given back is all there is.
  (func (export "deallocate") (param i32)
    (global.set $top (i32.const 1024)))
  (func $count (param $at i32)
    (i32.store (local.get $at) (i32.add (i32.load (local.get $at)) (i32.const 1))))
  (func (export "cust_send") (param i32) (result i32)
    (call $count (i32.const 8))
    (i32.const 0))
  (func (export "cust_recv") (param i32) (result i32)
    (call $count (i32.const 12))
    (i32.const 0))
  (func (export "state_report") (result i32)
    (i32.const 4))
  ;; Echoes the challenge: whoever wants more than a sign of life gives the module a key.
  (func (export "sec_respond") (param $challenge i32) (result i32)
    (local.get $challenge)))
