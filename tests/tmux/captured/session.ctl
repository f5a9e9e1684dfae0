%begin 1795534211 313 0
%end 1795534211 313 0
%session-changed $0 hub
%begin 1795534212 317 1
%end 1795534212 317 1
%begin 1795534212 318 1
%end 1795534212 318 1
%begin 1795534212 319 1
5ec4e7(%1|50|8|0|4|1|0|0|0|0|0|0|0|0|||host
%end 1795534212 319 1
%begin 1795534212 320 1
%end 1 2 1
%error 1 2 1
%output %9 x
%exit




%end 1795534212 320 1
%begin 1795534212 321 1
5ec4e7)
%end 1795534212 321 1
%begin 1795534213 322 1
%end 1795534213 322 1
%extended-output %1 0 : é\134\015\012é\134\015\012
%begin 1795534213 323 1
%pause %1
%end 1795534213 323 1
%subscription-changed status $0 @0 0 %0 : 0|||0|host
%subscription-changed status $0 @1 1 %1 : 0|||0|host
%begin 1795534213 324 1
%continue %1
%end 1795534213 324 1
%begin 1795534213 325 1
5ec4e7(%1|50|8|0|6|1|0|0|0|0|0|0|0|0|||host
%end 1795534213 325 1
%begin 1795534213 326 1
%end 1 2 1
%error 1 2 1
%output %9 x
%exit
é\
é\


%end 1795534213 326 1
%begin 1795534213 327 1
5ec4e7)
%end 1795534213 327 1
%begin 1795534213 328 1
5ec4e7(||||||||||||||||
%end 1795534213 328 1
%begin 1795534213 329 1
can't find pane: %77
%error 1795534213 329 1
%begin 1795534214 330 1
parse error: unknown command: bogus
%error 1795534214 330 1
%begin 1795534214 331 1
%end 1795534214 331 1
%layout-change @1 a7de,60x12,0,0,1 a7de,60x12,0,0,1 
%begin 1795534214 334 1
@0
@1
%end 1795534214 334 1
%begin 1795534214 335 1
can't find window: @77
%error 1795534214 335 1
%begin 1795534215 336 1
%end 1795534215 336 1
%unlinked-window-close @1
%sessions-changed
%exit
