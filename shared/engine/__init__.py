"""The room engine: a Redis Functions library, and typed methods that call its functions.

A part of the library (`functions/<part>.lua`) has the name of the module that calls its functions,
unless that module is `engine`. Each part, its caller and its functions (in parentheses the
caller's method, if it has another name):

    watch          engine.Engine         watch
    press          press.Pressing        press (_call)
    life           engine.Engine         open, start, pause, settings (change_settings), reset,
                                         block, join, finish
    game_socket    game_socket.Attaching admit, attach (_attach), detach, check, written, ack, read
    queries        engine.Engine         stats, describe, viewers (top_viewers), hidden,
                                         viewer (viewer_summary)
    shard_ledger   shard_ledger.Shards   tail, advance, absent, restored (_restored)
    tally          tally.RunningRounds   tally (_figures_of)
    rebuild        rebuild.Rebuilding    begin_rebuild (_begin), clear_lost (clear),
                                         fill_lost (_fill), fill_lost_log (put_log), rebuild
    open_room      open_room             take_place
    address_bucket engine.Engine         spend
    echo           engine.Engine         echo
"""
