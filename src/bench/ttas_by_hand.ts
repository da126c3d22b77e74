/** The comparator in WebAssembly: what somebody would write by hand, with byte addresses. */
export const TTAS_BY_HAND = `(module
  (import "env" "memory" (memory 1 65536 shared))
  (func (export "lock_rounds") (param $lock i32) (param $self i32)
    (param $counter i32) (param $left i32) (result i32)
    (local.set $lock (i32.shl (local.get $lock) (i32.const 2)))
    (local.set $counter (i32.shl (local.get $counter) (i32.const 2)))
    (loop $next
      (if (i32.eqz (local.get $left)) (then (return (i32.const 0))))
      (block $taken
        (loop $again
          (br_if $taken (i32.eqz
            (i32.atomic.rmw.xchg (local.get $lock) (i32.const 1))))
          (loop $poll (br_if $poll (i32.atomic.load (local.get $lock))))
          (br $again)))
      (i32.store (local.get $counter) (i32.add (i32.load (local.get $counter)) (i32.const 1)))
      (i32.atomic.store (local.get $lock) (i32.const 0))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br $next))
    (unreachable)))`;
